/* SPDX-License-Identifier: MIT */
#include "mapping.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char heads[] = "refs/heads/", tags[] = "refs/tags/";
static const char default_branch[] = "refs/heads/master"; /* git's, where init.defaultBranch is
                                                             not set */

static bool begins(const char *name, const char *prefix)
{
    return strncmp(name, prefix, strlen(prefix)) == 0;
}

/* A detached HEAD may be a branch all the same: v0 servers without symref=, and git's own guess. */
static const struct remote_ref *guess_head(const struct remote_refs *refs,
                                           const struct remote_ref *head)
{
    const struct remote_ref *master = remote_refs_find(refs, default_branch);
    if (master && oid_equal(&master->oid, &head->oid))
        return master;
    for (size_t i = 0; i < refs->count; i++)
        if (begins(refs->refs[i].name, heads) && oid_equal(&refs->refs[i].oid, &head->oid))
            return &refs->refs[i];
    return NULL;
}

/* The branch that the server's HEAD stands for, or NULL. */
static const struct remote_ref *server_branch(const struct remote_refs *refs)
{
    const struct remote_ref *head = remote_refs_find(refs, "HEAD");
    if (head == NULL || head->unborn)
        return NULL;
    if (head->symref_target)
        return remote_refs_find(refs, head->symref_target);
    return guess_head(refs, head);
}

static const struct remote_ref *find_below(const struct remote_refs *refs, const char *prefix,
                                           const char *name)
{
    char full[REFS_NAME_MAX];
    int length = snprintf(full, sizeof full, "%s%s", prefix, name);
    return (size_t)length < sizeof full ? remote_refs_find(refs, full) : NULL;
}

static void head_at(struct mapping *mapping, const struct remote_ref *ref)
{
    mapping->head = begins(ref->name, heads) ? HEAD_BRANCH : HEAD_DETACHED;
    mapping->head_oid = ref->oid;
    snprintf(mapping->head_name, sizeof mapping->head_name, "%s", ref->name);
}

static void head_unborn(struct mapping *mapping, const char *name)
{
    mapping->head = HEAD_UNBORN;
    snprintf(mapping->head_name, sizeof mapping->head_name, "%s",
             begins(name, heads) ? name : default_branch);
}

/* -b NAME: a branch first, then a tag, then an object id. */
static int head_asked(const struct mapping_options *options, const struct remote_refs *refs,
                      struct mapping *mapping, struct fault *fault)
{
    const struct remote_ref *ref = find_below(refs, heads, options->branch);
    if (ref == NULL)
        ref = find_below(refs, tags, options->branch);
    if (ref) {
        head_at(mapping, ref);
        return 0;
    }
    if (oid_parse(options->branch, strlen(options->branch), &mapping->head_oid) < 0)
        return fault_set(fault, FAULT_REFUSED, "Remote branch %s not found in upstream %s",
                         options->branch, options->origin);
    mapping->head = HEAD_DETACHED;
    return 0;
}

static int choose_head(const struct mapping_options *options, const struct remote_refs *refs,
                       struct mapping *mapping, struct fault *fault)
{
    const struct remote_ref *head = remote_refs_find(refs, "HEAD");
    const struct remote_ref *branch = server_branch(refs);
    if (branch)
        snprintf(mapping->remote_head, sizeof mapping->remote_head, "%s", branch->name);
    if (options->branch)
        return head_asked(options, refs, mapping, fault);
    if (branch) {
        head_at(mapping, branch);
    } else if (head && !head->unborn) {
        mapping->head = HEAD_DETACHED;
        mapping->head_oid = head->oid;
    } else if (head && head->symref_target) {
        head_unborn(mapping, head->symref_target);
    } else {
        head_unborn(mapping, default_branch);
    }
    return 0;
}

/* The one reference that --single-branch takes. */
static bool is_single(const struct mapping *mapping, const struct remote_ref *ref)
{
    return strcmp(ref->name, mapping->head_name) == 0;
}

/* The name here for REF, in OUT; false when it is not taken. */
static bool local_name(const struct mapping_options *options, const struct mapping *mapping,
                       const struct remote_ref *ref, char out[REFS_NAME_MAX + 64])
{
    size_t size = REFS_NAME_MAX + 64;
    bool branch = begins(ref->name, heads), tag = begins(ref->name, tags);
    if (ref->unborn || !begins(ref->name, "refs/"))
        return false;
    if (options->mirror && !options->single_branch) {
        snprintf(out, size, "%s", ref->name);
        return true;
    }
    bool single = is_single(mapping, ref);
    if (tag && !single && (options->no_tags || options->single_branch))
        return false;
    if (branch && options->single_branch && !single)
        return false;
    if (!branch && !tag)
        return false;
    if (branch && !options->bare && !options->mirror)
        snprintf(out, size, "refs/remotes/%s/%s", options->origin, ref->name + strlen(heads));
    else
        snprintf(out, size, "%s", ref->name);
    return true;
}

static void set_refspec(const struct mapping_options *options, struct mapping *mapping)
{
    char *out = mapping->refspec;
    size_t size = sizeof mapping->refspec;
    const char *name = mapping->head_name, *origin = options->origin;
    if (options->mirror)
        snprintf(out, size, "+refs/*:refs/*");
    else if (options->bare)
        out[0] = '\0';
    else if (!options->single_branch)
        snprintf(out, size, "+refs/heads/*:refs/remotes/%s/*", origin);
    else if (begins(name, heads))
        snprintf(out, size, "+%s:refs/remotes/%s/%s", name, origin, name + strlen(heads));
    else if (begins(name, tags))
        snprintf(out, size, "+%s:%s", name, name);
}

static int append(struct mapping *mapping, const struct remote_ref *ref, const char *name)
{
    size_t size = strlen(name) + 1;
    char *copy = malloc(size);
    if (copy == NULL)
        return -1;
    memcpy(copy, name, size);
    mapping->entries[mapping->count++] = (struct refdb_entry){copy, ref->oid, ref->peeled};
    return 0;
}

static int compare_oids(const void *a, const void *b)
{
    return oid_compare(a, b);
}

static void sort_wants(struct mapping *mapping)
{
    size_t kept = 0;
    if (mapping->want_count > 0)
        qsort(mapping->wants, mapping->want_count, sizeof *mapping->wants, compare_oids);
    for (size_t i = 0; i < mapping->want_count; i++)
        if (kept == 0 || !oid_equal(&mapping->wants[kept - 1], &mapping->wants[i]))
            mapping->wants[kept++] = mapping->wants[i];
    mapping->want_count = kept;
}

int mapping_choose(const struct mapping_options *options, const struct remote_refs *refs,
                   struct mapping *out, struct fault *fault)
{
    char name[REFS_NAME_MAX + 64];
    struct mapping mapping = {.empty = true};
    for (size_t i = 0; i < refs->count; i++)
        mapping.empty = mapping.empty && refs->refs[i].unborn;
    if (choose_head(options, refs, &mapping, fault) < 0)
        return -1;
    set_refspec(options, &mapping);
    mapping.entries = malloc((refs->count + 1) * sizeof *mapping.entries);
    mapping.wants = malloc((refs->count + 1) * sizeof *mapping.wants);
    int rc = mapping.entries && mapping.wants ? 0 : -1;
    for (size_t i = 0; rc == 0 && i < refs->count; i++) {
        if (!local_name(options, &mapping, &refs->refs[i], name))
            continue;
        rc = append(&mapping, &refs->refs[i], name);
        mapping.wants[mapping.want_count++] = refs->refs[i].oid;
    }
    if (rc == 0 && (mapping.head == HEAD_BRANCH || mapping.head == HEAD_DETACHED))
        mapping.wants[mapping.want_count++] = mapping.head_oid;
    if (rc < 0) {
        mapping_free(&mapping);
        return fault_set(fault, FAULT_LIMIT, "no memory for %zu references", refs->count);
    }
    sort_wants(&mapping);
    mapping.follow_tags = options->single_branch && !options->no_tags && !options->mirror;
    *out = mapping;
    return 0;
}

const struct refdb_entry *mapping_find(const struct mapping *mapping, const char *name)
{
    for (size_t i = 0; i < mapping->count; i++)
        if (strcmp(mapping->entries[i].name, name) == 0)
            return &mapping->entries[i];
    return NULL;
}

int mapping_follow_tags(struct mapping *mapping, const struct remote_refs *refs,
                        bool (*has)(void *context, const struct oid *oid), void *context,
                        struct fault *fault)
{
    size_t room = (mapping->count + refs->count) * sizeof *mapping->entries;
    struct refdb_entry *entries = realloc(mapping->entries, room);
    if (entries == NULL && room > 0)
        return fault_set(fault, FAULT_LIMIT, "no memory for %zu references", refs->count);
    mapping->entries = entries;
    for (size_t i = 0; i < refs->count; i++) {
        const struct remote_ref *ref = &refs->refs[i];
        if (!begins(ref->name, tags) || !has(context, &ref->oid) ||
            mapping_find(mapping, ref->name))
            continue;
        if (append(mapping, ref, ref->name) < 0)
            return fault_set(fault, FAULT_LIMIT, "no memory for %zu references", refs->count);
    }
    return 0;
}

void mapping_free(struct mapping *mapping)
{
    for (size_t i = 0; i < mapping->count; i++)
        free((char *)mapping->entries[i].name);
    free(mapping->entries);
    free(mapping->wants);
    *mapping = (struct mapping){0};
}
