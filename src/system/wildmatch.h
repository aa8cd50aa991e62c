/* SPDX-License-Identifier: MIT */
/* Shell patterns as git matches them (gitglossary, "pathspec"; glob(7)). */
#ifndef SMIDGIT_WILDMATCH_H
#define SMIDGIT_WILDMATCH_H

#include <stdbool.h>

/* Whether all of TEXT matches PATTERN: `*` (slashes too), `?`, `[a-z]`, `[!a]`, `[[:digit:]]`,
 * `\*`. A `[` without its `]` matches nothing. Takes time proportional to both lengths multiplied.
 */
bool wildmatch(const char *pattern, const char *text);

#endif
