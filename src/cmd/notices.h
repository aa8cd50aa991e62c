/* SPDX-License-Identifier: MIT */
/* Whose code is in this file beside ours: what `smidgit version -v` ends with. */
#ifndef SMIDGIT_NOTICES_H
#define SMIDGIT_NOTICES_H

/* Lines, each with its newline. */
extern const char notices[];

#endif
