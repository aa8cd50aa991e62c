/* SPDX-License-Identifier: MIT */
/* Who a reflog says has done it. */
#ifndef SMIDGIT_COMMITTER_H
#define SMIDGIT_COMMITTER_H

#include <stddef.h>

/* "Name <address>" in OUT: GIT_COMMITTER_NAME and GIT_COMMITTER_EMAIL (or EMAIL) where they are
 * set; else the user's name and the machine's, and "smidgit" where there is neither. Characters
 * that a reflog cannot hold are left out. Returns OUT. */
char *committer_format(char *out, size_t size);

#endif
