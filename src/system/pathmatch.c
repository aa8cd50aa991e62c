/* SPDX-License-Identifier: MIT */
#include "system/pathmatch.h"

#include "system/wildmatch.h"

#include <stddef.h>
#include <string.h>

enum { PART_BYTES = 4096 };

/* The part of PATH that begins at AT, and where the next one does; NULL behind the last. */
static const char *take(const char *at, bool fold, char out[PART_BYTES], bool *fits)
{
    size_t length = strcspn(at, "/");
    *fits = length < PART_BYTES;
    for (size_t i = 0; *fits && i < length; i++)
        out[i] = (char)(fold && at[i] >= 'A' && at[i] <= 'Z' ? at[i] - 'A' + 'a' : at[i]);
    if (*fits)
        out[length] = '\0';
    return at[length] == '/' ? at + length + 1 : NULL;
}

static bool part_matches(const char *pattern, const char *path, bool fold)
{
    char wanted[PART_BYTES], found[PART_BYTES];
    bool fits, also;
    take(pattern, fold, wanted, &fits);
    take(path, fold, found, &also);
    return fits && also && wildmatch(wanted, found);
}

static const char *behind(const char *at)
{
    const char *slash = strchr(at, '/');
    return slash ? slash + 1 : NULL;
}

static bool is_any(const char *pattern)
{
    size_t stars = strspn(pattern, "*");
    return stars >= 2 && (pattern[stars] == '/' || pattern[stars] == '\0');
}

/* The last "**" is the one to come back to: what it stands for grows by a part whenever what
 * follows does not fit. */
bool pathmatch(const char *pattern, const char *path, bool fold)
{
    const char *any = NULL, *resume = NULL;
    while (path) {
        if (pattern && is_any(pattern)) {
            any = behind(pattern);
            if (any == NULL)
                return true; /* at the end it stands for one part or more */
            pattern = any;
            resume = path;
        } else if (pattern && part_matches(pattern, path, fold)) {
            pattern = behind(pattern);
            path = behind(path);
        } else if (any) {
            resume = behind(resume);
            path = resume;
            pattern = any;
        } else {
            return false;
        }
    }
    return pattern == NULL;
}
