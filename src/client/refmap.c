/* SPDX-License-Identifier: MIT */
#include "client/refmap.h"

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
static const struct remote_ref *guess_head(const struct reflist *refs,
                                           const struct remote_ref *head)
{
    const struct remote_ref *master = reflist_find(refs, default_branch);
    if (master && oid_equal(&master->oid, &head->oid))
        return master;
    for (size_t i = 0; i < refs->count; i++)
        if (begins(refs->refs[i].name, heads) && oid_equal(&refs->refs[i].oid, &head->oid))
            return &refs->refs[i];
    return NULL;
}

/* The branch that the server's HEAD stands for, or NULL. */
static const struct remote_ref *server_branch(const struct reflist *refs)
{
    const struct remote_ref *head = reflist_find(refs, "HEAD");
    if (head == NULL || head->unborn)
        return NULL;
    if (head->has_target)
        return reflist_find(refs, remote_ref_target(head));
    return guess_head(refs, head);
}

static const struct remote_ref *find_below(const struct reflist *refs, const char *prefix,
                                           const char *name)
{
    char full[REFS_NAME_MAX];
    int length = snprintf(full, sizeof full, "%s%s", prefix, name);
    return (size_t)length < sizeof full ? reflist_find(refs, full) : NULL;
}

static void head_at(struct refmap *refmap, const struct remote_ref *ref)
{
    refmap->head = begins(ref->name, heads) ? HEAD_BRANCH : HEAD_DETACHED;
    refmap->head_oid = ref->oid;
    snprintf(refmap->head_name, sizeof refmap->head_name, "%s", ref->name);
}

static void head_unborn(struct refmap *refmap, const char *name)
{
    refmap->head = HEAD_UNBORN;
    snprintf(refmap->head_name, sizeof refmap->head_name, "%s",
             begins(name, heads) ? name : default_branch);
}

/* -b NAME: a branch first, then a tag, then an object id. */
static int head_asked(const struct refmap_options *options, const struct reflist *refs,
                      struct refmap *refmap, struct fault *fault)
{
    const struct remote_ref *ref = find_below(refs, heads, options->branch);
    if (ref == NULL)
        ref = find_below(refs, tags, options->branch);
    if (ref) {
        head_at(refmap, ref);
        return 0;
    }
    if (oid_parse(options->branch, strlen(options->branch), &refmap->head_oid) < 0)
        return fault_set(fault, FAULT_REFUSED, "Remote branch %s not found in upstream %s",
                         options->branch, options->origin);
    refmap->head = HEAD_DETACHED;
    return 0;
}

static int choose_head(const struct refmap_options *options, const struct reflist *refs,
                       struct refmap *refmap, struct fault *fault)
{
    const struct remote_ref *head = reflist_find(refs, "HEAD");
    const struct remote_ref *branch = server_branch(refs);
    if (branch && begins(branch->name, heads))
        snprintf(refmap->remote_head, sizeof refmap->remote_head, "%s", branch->name);
    if (options->branch)
        return head_asked(options, refs, refmap, fault);
    if (branch) {
        head_at(refmap, branch);
    } else if (head && !head->unborn) {
        refmap->head = HEAD_DETACHED;
        refmap->head_oid = head->oid;
    } else if (head && head->has_target) {
        head_unborn(refmap, remote_ref_target(head));
    } else {
        head_unborn(refmap, default_branch);
    }
    return 0;
}

/* The one reference that --single-branch takes. */
static bool is_single(const struct refmap *refmap, const struct remote_ref *ref)
{
    return strcmp(ref->name, refmap->head_name) == 0;
}

static bool is_taken(const struct refmap_options *options, const struct refmap *refmap,
                     const struct remote_ref *ref)
{
    if (ref->unborn || !begins(ref->name, "refs/"))
        return false;
    if (options->mirror && !options->single_branch)
        return true;
    if (begins(ref->name, heads))
        return !options->single_branch || is_single(refmap, ref);
    if (begins(ref->name, tags))
        return (!options->no_tags && !options->single_branch) || is_single(refmap, ref);
    return false;
}

static void set_refspec(const struct refmap_options *options, struct refmap *refmap)
{
    char *out = refmap->refspec;
    size_t size = sizeof refmap->refspec;
    const char *name = refmap->head_name, *origin = options->origin;
    if (options->mirror)
        snprintf(out, size, "+refs/*:refs/*");
    else if (options->bare)
        out[0] = '\0';
    else if (!options->single_branch)
        snprintf(out, size, "+refs/heads/*:refs/remotes/%s/*", origin);
    else if (refmap->head == HEAD_UNBORN)
        out[0] = '\0'; /* as git: nobody knows yet which it will be, and later fetches take HEAD */
    else if (begins(name, heads))
        snprintf(out, size, "+%s:refs/remotes/%s/%s", name, origin, name + strlen(heads));
    else if (begins(name, tags))
        snprintf(out, size, "+%s:%s", name, name);
}

/* REF is called here as there, but what is RENAMED is a branch below refs/remotes/ORIGIN. */
static void append(struct refmap *refmap, const struct remote_ref *ref, bool renamed)
{
    refmap->entries[refmap->count++] =
        (struct refdb_entry){.folder = renamed ? refmap->remote_folder : "",
                             .name = ref->name + (renamed ? strlen(heads) : 0),
                             .oid = &ref->oid,
                             .peeled = remote_ref_peeled(ref)};
}

/* Beside the branches of the server stands its HEAD, as refs/remotes/ORIGIN/HEAD: a branch HEAD/x
 * would need a directory of that name (R2). */
static int check_remote_head(const struct refmap *refmap, struct fault *fault)
{
    if (refmap_remote_head(refmap) == NULL)
        return 0;
    for (size_t i = 0; i < refmap->count; i++)
        if (*refmap->entries[i].folder && begins(refmap->entries[i].name, "HEAD/"))
            return fault_set(fault, FAULT_PROTOCOL,
                             "'%s%.200s' and the server's HEAD, which would be '%sHEAD', cannot "
                             "both exist; with --bare they can",
                             refmap->remote_folder, refmap->entries[i].name, refmap->remote_folder);
    return 0;
}

static int compare_oids(const void *a, const void *b)
{
    const struct oid *const *x = a, *const *y = b;
    return oid_compare(*x, *y);
}

/* The ids of all entries and of HEAD, sorted, each once. */
static int make_wants(struct refmap *refmap)
{
    size_t count = 0, kept = 0;
    const struct oid **ids = malloc((refmap->count + 1) * sizeof *ids);
    if (ids == NULL)
        return -1;
    for (size_t i = 0; i < refmap->count; i++)
        ids[count++] = refmap->entries[i].oid;
    if (refmap->head != HEAD_UNBORN)
        ids[count++] = &refmap->head_oid;
    if (count > 0)
        qsort(ids, count, sizeof *ids, compare_oids);
    for (size_t i = 0; i < count; i++)
        if (i == 0 || !oid_equal(ids[i - 1], ids[i]))
            ids[kept++] = ids[i];
    refmap->wants = malloc((kept + 1) * sizeof *refmap->wants);
    for (size_t i = 0; refmap->wants && i < kept; i++)
        refmap->wants[refmap->want_count++] = *ids[i];
    free(ids);
    return refmap->wants ? 0 : -1;
}

static char *make_folder(const char *origin)
{
    size_t size = sizeof "refs/remotes//" + strlen(origin);
    char *folder = malloc(size);
    if (folder)
        snprintf(folder, size, "refs/remotes/%s/", origin);
    return folder;
}

int refmap_choose(const struct refmap_options *options, const struct reflist *refs,
                  struct refmap *out, struct fault *fault)
{
    struct refmap refmap = {.empty = true};
    for (size_t i = 0; i < refs->count; i++)
        refmap.empty = refmap.empty && refs->refs[i].unborn;
    if (choose_head(options, refs, &refmap, fault) < 0)
        return -1;
    set_refspec(options, &refmap);
    refmap.entries = malloc((refs->count + 1) * sizeof *refmap.entries);
    refmap.remote_folder = make_folder(options->origin);
    int rc = refmap.entries && refmap.remote_folder ? 0 : -1;
    for (size_t i = 0; rc == 0 && i < refs->count; i++)
        if (is_taken(options, &refmap, &refs->refs[i]))
            append(&refmap, &refs->refs[i],
                   !options->bare && !options->mirror && begins(refs->refs[i].name, heads));
    if (rc < 0 || make_wants(&refmap) < 0)
        rc = fault_set(fault, FAULT_LIMIT, "no memory for %zu references", refs->count);
    if (rc < 0 || check_remote_head(&refmap, fault) < 0) {
        refmap_free(&refmap);
        return -1;
    }
    refmap.follow_tags = options->single_branch && !options->no_tags;
    *out = refmap;
    return 0;
}

const struct refdb_entry *refmap_remote_head(const struct refmap *refmap)
{
    for (size_t i = 0; refmap->remote_head[0] && i < refmap->count; i++)
        if (*refmap->entries[i].folder &&
            strcmp(refmap->entries[i].name, refmap->remote_head + strlen(heads)) == 0)
            return &refmap->entries[i];
    return NULL;
}

int refmap_follow_tags(struct refmap *refmap, const struct reflist *refs,
                       bool (*has)(void *context, const struct oid *oid), void *context,
                       struct fault *fault)
{
    size_t room = (refmap->count + refs->count) * sizeof *refmap->entries;
    struct refdb_entry *entries = realloc(refmap->entries, room);
    if (entries == NULL && room > 0)
        return fault_set(fault, FAULT_LIMIT, "no memory for %zu references", refs->count);
    refmap->entries = entries;
    for (size_t i = 0; i < refs->count; i++) {
        const struct remote_ref *ref = &refs->refs[i];
        /* Of tags, --single-branch has taken at most the one that was asked for by name. */
        if (!begins(ref->name, tags) || is_single(refmap, ref) || !has(context, &ref->oid))
            continue;
        append(refmap, ref, false);
    }
    return 0;
}

void refmap_free(struct refmap *refmap)
{
    free(refmap->remote_folder);
    free(refmap->entries);
    free(refmap->wants);
    *refmap = (struct refmap){0};
}
