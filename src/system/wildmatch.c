/* SPDX-License-Identifier: MIT */
/*   pattern = *( "*" / one )
 *   one     = "?" / set / "\" byte / byte
 *   set     = "[" [ "!" / "^" ] 1*( "[:" class ":]" / byte [ "-" byte ] ) "]"
 *
 * A "]" right at the start of a set is one of its bytes.
 */
#include "system/wildmatch.h"

#include <ctype.h>
#include <stddef.h>
#include <string.h>

static const struct class
{
    const char *name;
    int (*has)(int);
} classes[] = {
    {"alnum", isalnum}, {"alpha", isalpha}, {"blank", isblank}, {"cntrl", iscntrl},
    {"digit", isdigit}, {"graph", isgraph}, {"lower", islower}, {"print", isprint},
    {"punct", ispunct}, {"space", isspace}, {"upper", isupper}, {"xdigit", isxdigit},
};

/* After "[:". Sets *HIT; returns what follows ":]", or NULL. */
static const char *match_class(const char *at, unsigned char byte, bool *hit)
{
    for (size_t i = 0; i < sizeof classes / sizeof *classes; i++) {
        size_t length = strlen(classes[i].name);
        if (strncmp(at, classes[i].name, length) == 0 && strncmp(at + length, ":]", 2) == 0) {
            *hit |= classes[i].has(byte) != 0;
            return at + length + 2;
        }
    }
    return NULL;
}

/* After "[". Returns what follows the set, or NULL when BYTE is not in it or the set has no end. */
static const char *match_set(const char *at, unsigned char byte)
{
    bool negated = *at == '!' || *at == '^', hit = false;
    const char *first = at += negated;
    while (*at && (*at != ']' || at == first)) {
        if (strncmp(at, "[:", 2) == 0) {
            at = match_class(at + 2, byte, &hit);
            if (at == NULL)
                return NULL;
            continue;
        }
        at += *at == '\\' && at[1];
        unsigned char low = (unsigned char)*at++, high = low;
        if (*at == '-' && at[1] && at[1] != ']') {
            at += 1 + (at[1] == '\\' && at[2]);
            high = (unsigned char)*at++;
        }
        hit |= byte >= low && byte <= high;
    }
    return *at && hit != negated ? at + 1 : NULL;
}

/* One byte against what is not a star; what follows in the pattern, or NULL. */
static const char *match_one(const char *pattern, unsigned char byte)
{
    switch (*pattern) {
    case '\0':
        return NULL;
    case '?':
        return pattern + 1;
    case '[':
        return match_set(pattern + 1, byte);
    case '\\':
        pattern += pattern[1] != '\0';
        break;
    default:
        break;
    }
    return (unsigned char)*pattern == byte ? pattern + 1 : NULL;
}

bool wildmatch(const char *pattern, const char *text)
{
    const char *star = NULL, *mark = NULL; /* behind the last star; where it stopped matching */
    while (*text) {
        const char *next;
        if (*pattern == '*') {
            star = ++pattern;
            mark = text;
        } else if ((next = match_one(pattern, (unsigned char)*text)) != NULL) {
            pattern = next;
            text++;
        } else if (star) {
            pattern = star;
            text = ++mark;
        } else {
            return false;
        }
    }
    while (*pattern == '*')
        pattern++;
    return *pattern == '\0';
}
