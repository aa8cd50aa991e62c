/* SPDX-License-Identifier: MIT */
/* What is on disk, against what stock git says is in the commit. */
#ifndef SMIDGIT_BOOT_FILES_H
#define SMIDGIT_BOOT_FILES_H

#include <stdbool.h>

/* LIST is `git ls-tree -r`; below DIR is all of it, with the same names, modes and bytes, and
 * nothing else (.git apart). Says which file is not. */
bool files_match(const char *list, const char *dir);

bool files_exist(const char *path);

/* Entries of DIR, -1 when there is no DIR. */
int files_count(const char *dir);

#endif
