/* SPDX-License-Identifier: MIT */
/* Patterns of paths, as .gitignore and includeIf have them (gitignore, "PATTERN FORMAT"): `*` and
 * its kind stay within one part of a path, `**` alone stands for any number of parts. */
#ifndef SMIDGIT_PATHMATCH_H
#define SMIDGIT_PATHMATCH_H

#include <stdbool.h>

/* Whether all of PATH matches PATTERN. "a/" followed by "**" wants something below a; between
 * slashes or in front it may stand for nothing. FOLD: ASCII letters of either case are the same. A
 * part of over 4,095 bytes matches nothing. Takes time proportional to both lengths multiplied. */
bool pathmatch(const char *pattern, const char *path, bool fold);

#endif
