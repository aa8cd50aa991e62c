/* SPDX-License-Identifier: MIT */
/* What helps after a failure, as git shows it. */
#ifndef SMIDGIT_HINT_H
#define SMIDGIT_HINT_H

/* Writes TEXT to stderr as lines of at most 80 characters that begin with "hint: ". */
void hint_show(const char *text);

#endif
