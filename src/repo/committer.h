/* SPDX-License-Identifier: MIT */
/* The name and address that a reflog gives for who changed a reference. */
#ifndef SMIDGIT_COMMITTER_H
#define SMIDGIT_COMMITTER_H

#include <stddef.h>

/* "Name <address>" in OUT: GIT_COMMITTER_NAME and GIT_COMMITTER_EMAIL (or EMAIL) where they are
 * set; else the user's name and the machine's, and "smidgit" where there is neither. Characters
 * that a reflog cannot hold are left out. Returns OUT. */
char *committer_format(char *out, size_t size);

#endif
