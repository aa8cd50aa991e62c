/* SPDX-License-Identifier: MIT */
#include "client/refspec.h"

#include "proto/url.h"

#include <stdio.h>
#include <string.h>

static int malformed(const char *text, struct fault *fault)
{
    return fault_set(fault, FAULT_USAGE, "invalid refspec '%s'", url_shown(text));
}

static bool begins(const char *name, const char *prefix)
{
    return strncmp(name, prefix, strlen(prefix)) == 0;
}

/* A reference's name, or one with a single "*" in it. */
static bool is_valid(const char *name, bool pattern)
{
    char copy[REFS_NAME_MAX];
    snprintf(copy, sizeof copy, "%s", name);
    if (pattern)
        *strchr(copy, '*') = 'x';
    return refs_name_valid(copy, strlen(copy), true);
}

/* What a short destination stands for. git looks up none for a pattern, and then takes nothing that
 * is not below refs/. */
static int set_destination(struct refspec *spec, const char *name)
{
    const char *folder = "refs/heads/";
    if (*name && !begins(name, "refs/") && strchr(name, '*'))
        return -1;
    if (*name == '\0' || begins(name, "refs/"))
        folder = "";
    else if (begins(name, "heads/") || begins(name, "tags/") || begins(name, "remotes/"))
        folder = "refs/";
    int length = snprintf(spec->destination, sizeof spec->destination, "%s%s", folder, name);
    return (size_t)length < sizeof spec->destination ? 0 : -1;
}

int refspec_parse(const char *text, struct refspec *out, struct fault *fault)
{
    struct refspec spec = {.force = *text == '+', .excludes = *text == '^'};
    struct oid id;
    const char *source = text + (spec.force || spec.excludes), *colon = strchr(source, ':');
    size_t length = colon ? (size_t)(colon - source) : strlen(source);
    if (length >= sizeof spec.source || (spec.excludes && (colon || length == 0)) ||
        (colon && set_destination(&spec, colon + 1) < 0))
        return malformed(text, fault);
    memcpy(spec.source, source, length);
    if (length == 0 || strcmp(spec.source, "@") == 0)
        strcpy(spec.source, "HEAD");
    const char *star = strchr(spec.source, '*'), *other = strchr(spec.destination, '*');
    spec.pattern = star != NULL;
    spec.is_id = oid_parse(spec.source, strlen(spec.source), &id) == 0;
    if ((star && strchr(star + 1, '*')) || (other && strchr(other + 1, '*')) ||
        (!spec.excludes && (star == NULL) != (other == NULL)) || (spec.excludes && spec.is_id))
        return malformed(text, fault);
    if (!is_valid(spec.source, star != NULL) ||
        (spec.destination[0] && !is_valid(spec.destination, other != NULL)))
        return malformed(text, fault);
    *out = spec;
    return 0;
}

/* What the star of PATTERN stands for in NAME; its length in *SIZE, NULL when it does not match. */
static const char *star_in(const char *pattern, const char *name, size_t *size)
{
    const char *star = strchr(pattern, '*');
    size_t before = (size_t)(star - pattern), after = strlen(star + 1), length = strlen(name);
    if (length < before + after || strncmp(name, pattern, before) != 0 ||
        strcmp(name + length - after, star + 1) != 0)
        return NULL;
    *size = length - before - after;
    return name + before;
}

bool refspec_way(const char *name, size_t way, char out[REFS_NAME_MAX])
{
    static const char *const before[REFSPEC_WAYS] = {
        "", "refs/", "refs/tags/", "refs/heads/", "refs/remotes/", "refs/remotes/"};
    const char *after = way == REFSPEC_WAYS - 1 ? "/HEAD" : "";
    return snprintf(out, REFS_NAME_MAX, "%s%s%s", before[way], name, after) < REFS_NAME_MAX;
}

int refspec_matches(const struct refspec *spec, const char *name)
{
    char full[REFS_NAME_MAX];
    size_t size;
    if (spec->pattern)
        return star_in(spec->source, name, &size) != NULL;
    if (spec->excludes)
        return strcmp(spec->source, name) == 0;
    for (size_t way = 0; way < REFSPEC_WAYS; way++)
        if (refspec_way(spec->source, way, full) && strcmp(full, name) == 0)
            return (int)way + 1;
    return 0;
}

/* TO with FROM's part of NAME in the star's place. 0, or -1 when it does not match or is too long.
 */
static int put_star(const char *from, const char *to, const char *name, char out[REFS_NAME_MAX])
{
    size_t size;
    const char *part = star_in(from, name, &size), *star = strchr(to, '*');
    if (part == NULL)
        return -1;
    int length =
        snprintf(out, REFS_NAME_MAX, "%.*s%.*s%s", (int)(star - to), to, (int)size, part, star + 1);
    return length < REFS_NAME_MAX ? 0 : -1;
}

int refspec_map(const struct refspec *spec, const char *name, char out[REFS_NAME_MAX])
{
    if (spec->pattern && spec->destination[0])
        return put_star(spec->source, spec->destination, name, out);
    strcpy(out, spec->destination);
    return 0;
}

bool refspec_source(const struct refspec *spec, const char *name, char out[REFS_NAME_MAX])
{
    if (spec->excludes || !spec->destination[0])
        return false;
    if (spec->pattern)
        return put_star(spec->destination, spec->source, name, out) == 0;
    strcpy(out, spec->source);
    return strcmp(spec->destination, name) == 0;
}
