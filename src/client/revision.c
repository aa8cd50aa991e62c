/* SPDX-License-Identifier: MIT */
#include "client/revision.h"

#include "client/refspec.h"
#include "objects/commits.h"
#include "objects/peel.h"
#include "proto/object.h"
#include "proto/refs.h"
#include "repo/shallow.h"
#include "system/fs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    TEXT_MAX = 4096,
    PREFIX_MIN = 4, /* digits of an id that is cut, as git has it */
    CANDIDATES_SHOWN = 5
};

static int unknown(const struct revision_source *source, const char *text)
{
    return fault_set(source->fault, FAULT_LOCAL,
                     "'%.200s' is no branch, tag or object of this repository", text);
}

/* What NAME means in the way numbered WAY; NULL: no reference. */
static const struct local_ref *meant(const struct revision_source *source, const char *name,
                                     size_t way)
{
    char full[REFS_NAME_MAX];
    const struct local_ref *ref =
        refspec_way(name, way, full) ? local_refs_find(source->refs, full) : NULL;
    return ref && ref->oid.len ? ref : NULL;
}

const struct local_ref *revision_ref(const struct revision_source *source, const char *name)
{
    const struct local_ref *ref = NULL;
    for (size_t way = 0; way < REFSPEC_WAYS && ref == NULL; way++)
        ref = meant(source, name, way);
    return ref;
}

const char *revision_short(const struct revision_source *source, const char *name)
{
    static const char *const folders[] = {"refs/heads/", "refs/tags/", "refs/remotes/"};
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        const char *rest = name + strlen(folders[i]);
        if (strncmp(name, folders[i], strlen(folders[i])) != 0)
            continue;
        for (size_t way = 0; way < REFSPEC_WAYS; way++) {
            const struct local_ref *ref = meant(source, rest, way);
            if (ref && strcmp(ref->name, name) != 0)
                return name + strlen("refs/");
        }
        return rest;
    }
    return name;
}

/* The only object whose id begins with the digits HEX. */
static int expand(const struct revision_source *source, const char *hex, struct oid *out)
{
    struct oid found[CANDIDATES_SHOWN];
    char list[CANDIDATES_SHOWN * (OID_HEX + 1)] = "", one[OID_HEX];
    size_t count = odb_candidates(source->odb, hex, found, CANDIDATES_SHOWN);
    if (count == 0)
        return unknown(source, hex);
    if (count == 1) {
        *out = found[0];
        return 0;
    }
    for (size_t i = 0; i < count; i++)
        snprintf(list + strlen(list), sizeof list - strlen(list), " %s", oid_hex(&found[i], one));
    return fault_set(source->fault, FAULT_LOCAL, "'%s' is short for several objects:%s%s", hex,
                     list, count == CANDIDATES_SHOWN ? " ..." : "");
}

bool revision_beside_head(const char *name)
{
    size_t length = strlen(name);
    return length > 5 && strcmp(name + length - 5, "_HEAD") == 0 &&
           strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_") == length;
}

/* The first id in such a file. 1; 0: there is none; -1. */
static int beside_head(const struct revision_source *source, const char *name, struct oid *out)
{
    char *text;
    size_t size;
    if (!revision_beside_head(name))
        return 0;
    if (fs_read(source->git_dir, name, (size_t)1 << 30, false, &text, &size, source->fault) < 0)
        return -1;
    int rc = text && oid_parse(text, strspn(text, "0123456789abcdef"), out) == 0;
    free(text);
    return rc;
}

static int resolve_base(const struct revision_source *source, const char *name, struct oid *out)
{
    struct local_head head;
    if (strcmp(name, "@") == 0 || strcmp(name, "HEAD") == 0) {
        if (local_head_read(source->git_dir, source->refs, &head, source->fault) < 0)
            return -1;
        free(head.branch);
        *out = head.oid;
        return head.oid.len ? 0 : unknown(source, "HEAD");
    }
    int rc = beside_head(source, name, out);
    if (rc != 0)
        return rc < 0 ? -1 : 0;
    size_t length = strlen(name);
    if (length == 2 * source->oid_len && oid_parse(name, length, out) == 0)
        return 0;
    const struct local_ref *ref = revision_ref(source, name);
    if (ref) {
        *out = ref->oid;
        return 0;
    }
    if (length >= PREFIX_MIN && length < 2 * source->oid_len &&
        strspn(name, "0123456789abcdefABCDEF") == length)
        return expand(source, name, out);
    return unknown(source, name);
}

/* The parent numbered N, from 1, of the commit OID. */
static int parent(const struct revision_source *source, const struct shallow_list *shallow,
                  struct oid *oid, unsigned long n, const char *text)
{
    struct commits commits;
    uint32_t number;
    commits_open(&commits, source->odb, shallow->oids, shallow->count, source->fault);
    int rc = commits_number(&commits, oid, &number);
    if (rc == 0)
        rc = commits_read(&commits, number);
    if (rc == 0 && n > commits.commits[number].parent_count)
        rc = unknown(source, text);
    if (rc == 0)
        *oid = commits.commits[commits.parents[commits.commits[number].parents + n - 1]].oid;
    commits_close(&commits);
    return rc;
}

/* The parent numbered N of the commit that OID leads to, GENERATIONS times; 0: the commit itself.
 */
static int ancestor(const struct revision_source *source, struct oid *oid, unsigned long n,
                    unsigned long generations, const char *text)
{
    struct shallow_list shallow;
    if (peel_to_commit(source->odb, oid, oid, source->fault) < 0)
        return -1;
    if (n == 0 || generations == 0)
        return 0;
    shallow_open(&shallow);
    int rc = shallow_read(source->common_dir, source->oid_len, &shallow, source->fault);
    shallow_sort(&shallow);
    for (unsigned long i = 0; rc == 0 && i < generations; i++)
        rc = parent(source, &shallow, oid, n, text);
    shallow_close(&shallow);
    return rc;
}

/* "^{commit}", "^{tree}", "^{}": what a tag leads to. AT is behind "^{". */
static int peel(const struct revision_source *source, struct oid *oid, const char **at,
                const char *text)
{
    size_t length = strcspn(*at, "}");
    struct oid found;
    int rc;
    if ((*at)[length] != '}')
        return unknown(source, text);
    if (length == 4 && memcmp(*at, "tree", 4) == 0) {
        rc = peel_to_tree(source->odb, oid, &found, source->fault);
    } else if (length == 0 || (length == 6 && memcmp(*at, "commit", 6) == 0)) {
        rc = peel_to_commit(source->odb, oid, &found, source->fault);
    } else {
        return unknown(source, text);
    }
    *oid = found;
    *at += length + 1;
    return rc;
}

int revision_resolve(const struct revision_source *source, const char *text, struct oid *out)
{
    char name[TEXT_MAX];
    size_t length = strcspn(text, "~^");
    if (length == 0 || length >= sizeof name)
        return unknown(source, text);
    memcpy(name, text, length);
    name[length] = '\0';
    struct oid oid;
    if (resolve_base(source, name, &oid) < 0)
        return -1;
    for (const char *at = text + length; *at;) {
        char kind = *at++;
        int rc = 0;
        if (kind == '^' && *at == '{') {
            at++;
            rc = peel(source, &oid, &at, text);
        } else if (kind == '^' || kind == '~') {
            char *end;
            bool digits = *at >= '0' && *at <= '9';
            unsigned long n = digits ? strtoul(at, &end, 10) : 1;
            at = digits ? end : at;
            rc = kind == '^' ? ancestor(source, &oid, n, 1, text)
                             : ancestor(source, &oid, 1, n, text);
        } else {
            rc = unknown(source, text);
        }
        if (rc < 0)
            return -1;
    }
    *out = oid;
    return 0;
}
