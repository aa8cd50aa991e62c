/* SPDX-License-Identifier: MIT */
#include "client/fetch_map.h"

#include "system/array.h"
#include "system/texts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char tags[] = "refs/tags/", all_tags[] = "refs/tags/*:refs/tags/*";

static bool begins(const char *name, const char *prefix)
{
    return strncmp(name, prefix, strlen(prefix)) == 0;
}

static int no_memory(struct fault *fault)
{
    return fault_set(fault, FAULT_LIMIT, "no memory for the references to fetch");
}

static int add(struct fetch_map *map, const struct fetch_item *item, struct fault *fault)
{
    struct fetch_item *more = array_room(map->items, map->count, &map->room, sizeof *more);
    if (more == NULL)
        return no_memory(fault);
    map->items = more;
    struct fetch_item kept = *item;
    kept.name = texts_keep(&map->texts, item->name, strlen(item->name));
    kept.local = texts_keep(&map->texts, item->local, strlen(item->local));
    if (kept.name == NULL || kept.local == NULL)
        return no_memory(fault);
    map->items[map->count++] = kept;
    return 0;
}

static int add_spec(struct fetch_map *map, const char *text, struct fault *fault)
{
    struct refspec *more = realloc(map->specs, (map->spec_count + 1) * sizeof *more);
    if (more == NULL)
        return no_memory(fault);
    map->specs = more;
    if (refspec_parse(text, &more[map->spec_count], fault) < 0)
        return -1;
    map->spec_count++;
    return 0;
}

/* Whether one of the refspecs from FROM up to TO says that NAME is not taken. */
static bool is_excluded(const struct fetch_map *map, size_t from, size_t to, const char *name)
{
    for (size_t i = from; i < to; i++)
        if (map->specs[i].excludes && refspec_matches(&map->specs[i], name) > 0)
            return true;
    return false;
}

/* REF goes where SPEC says. MODEL has the other marks. */
static int take(struct fetch_map *map, const struct refspec *spec, const struct remote_ref *ref,
                const struct fetch_item *model, struct fault *fault)
{
    char local[REFS_NAME_MAX];
    struct fetch_item item = *model;
    if (refspec_map(spec, ref->name, local) < 0)
        return fault_set(fault, FAULT_LIMIT, "the name of '%.200s' would be too long here",
                         ref->name);
    if (*local && !refs_name_valid(local, strlen(local), false))
        return fault_set(fault, FAULT_PROTOCOL, "'%.200s' is not a valid reference name", local);
    item.name = ref->name;
    item.local = local;
    item.oid = ref->oid;
    item.force = spec->force || model->force;
    return add(map, &item, fault);
}

static int take_pattern(struct fetch_map *map, size_t number, size_t from, size_t to,
                        const struct reflist *refs, const struct fetch_item *model,
                        struct fault *fault)
{
    const struct refspec *spec = &map->specs[number];
    for (size_t i = 0; i < refs->count; i++) {
        const struct remote_ref *ref = &refs->refs[i];
        if (!ref->unborn && refspec_matches(spec, ref->name) > 0 &&
            !is_excluded(map, from, to, ref->name) && take(map, spec, ref, model, fault) < 0)
            return -1;
    }
    return 0;
}

/* The reference that a short source means. */
static const struct remote_ref *best(const struct refspec *spec, const struct reflist *refs)
{
    const struct remote_ref *found = NULL;
    int way = 0;
    for (size_t i = 0; i < refs->count; i++) {
        int here = refs->refs[i].unborn ? 0 : refspec_matches(spec, refs->refs[i].name);
        if (here > 0 && (way == 0 || here < way)) {
            way = here;
            found = &refs->refs[i];
        }
    }
    return found;
}

static int take_one(struct fetch_map *map, const struct refspec *spec, const struct reflist *refs,
                    const struct fetch_item *model, bool may_be_missing, struct fault *fault)
{
    const struct remote_ref *ref = best(spec, refs);
    struct remote_ref id = {.name = spec->source};
    if (ref == NULL && spec->is_id) {
        oid_parse(spec->source, strlen(spec->source), &id.oid);
        ref = &id;
    }
    if (ref)
        return take(map, spec, ref, model, fault);
    return may_be_missing
               ? 0
               : fault_set(fault, FAULT_REFUSED, "couldn't find remote ref %s", spec->source);
}

/* The refspecs from FROM up to TO. */
static int take_specs(struct fetch_map *map, size_t from, size_t to, const struct reflist *refs,
                      const struct fetch_item *model, bool may_be_missing, struct fault *fault)
{
    for (size_t i = from; i < to; i++) {
        const struct refspec *spec = &map->specs[i];
        const struct remote_ref *one = spec->pattern ? NULL : best(spec, refs);
        int rc = 0;
        if (spec->excludes || (one && is_excluded(map, from, to, one->name)))
            continue;
        if (spec->pattern)
            rc = take_pattern(map, i, from, to, refs, model, fault);
        else
            rc = take_one(map, spec, refs, model, may_be_missing, fault);
        if (rc < 0)
            return -1;
    }
    return 0;
}

/* The command line's refspecs; "tag NAME" is short for one. */
static int read_asked(const struct fetch_map_options *options, struct fetch_map *map,
                      struct fault *fault)
{
    char text[2 * REFS_NAME_MAX + 32];
    for (size_t i = 0; i < options->refspec_count; i++) {
        const char *asked = options->refspecs[i];
        if (strcmp(asked, "tag") == 0) {
            if (++i == options->refspec_count)
                return fault_set(fault, FAULT_USAGE, "you need to specify a tag name");
            asked = options->refspecs[i];
            snprintf(text, sizeof text, "refs/tags/%.*s:refs/tags/%.*s", REFS_NAME_MAX, asked,
                     REFS_NAME_MAX, asked);
            asked = text;
        }
        if (add_spec(map, asked, fault) < 0)
            return -1;
    }
    map->asked = map->spec_count;
    return 0;
}

/* remote.NAME.fetch */
static int configured(const struct fetch_map_options *options, struct fetch_map *map,
                      struct fault *fault)
{
    const struct setting *setting;
    for (size_t at = 0;
         options->remote &&
         (setting = settings_next(options->settings, &at, "remote", options->remote, "fetch"));)
        if (add_spec(map, setting->value ? setting->value : "", fault) < 0)
            return -1;
    return options->prune_tags && options->remote && options->refspec_count == 0
               ? add_spec(map, all_tags, fault)
               : 0;
}

/* The name of the branch that is checked out; "": none. */
static const char *branch_of(const struct fetch_map_options *options)
{
    return options->branch ? options->branch + strlen("refs/heads/") : "";
}

/* The remote whose branches the one that is checked out follows; NULL: it follows none. */
static const char *followed(const struct fetch_map_options *options)
{
    const char *branch = branch_of(options);
    size_t at = 0;
    return settings_next(options->settings, &at, "branch", branch, "merge")
               ? settings_text(options->settings, "branch", branch, "remote")
               : NULL;
}

/* Marks what "git pull" would merge: branch.NAME.merge, when the branch that is checked out follows
 * this remote; when it follows none, what the first refspec names, unless it is a pattern. */
static int mark_merge(const struct fetch_map_options *options, struct fetch_map *map,
                      const struct reflist *refs, struct fault *fault)
{
    const char *remote = followed(options), *branch = branch_of(options);
    const struct setting *merge;
    if (remote == NULL && map->count > 0 && !map->specs[0].pattern && !map->specs[0].excludes)
        map->items[0].merge = true;
    if (remote == NULL || options->remote == NULL || strcmp(remote, options->remote) != 0)
        return 0;
    for (size_t at = 0;
         (merge = settings_next(options->settings, &at, "branch", branch, "merge")) != NULL;) {
        struct refspec spec;
        struct fetch_item model = {.merge = true, .remembered = true};
        bool found = false;
        if (refspec_parse(merge->value ? merge->value : "", &spec, fault) < 0)
            return -1;
        spec.destination[0] = '\0';
        /* Of several places that it goes to, the first is enough. */
        for (size_t i = 0; i < map->count && !found; i++)
            if (refspec_matches(&spec, map->items[i].name) > 0)
                found = map->items[i].merge = true;
        if (!found && take_one(map, &spec, refs, &model, true, fault) < 0)
            return -1;
    }
    return 0;
}

/* As the remote is configured; without any refspec, what the branch follows. */
static int choose_configured(const struct fetch_map_options *options, struct fetch_map *map,
                             const struct reflist *refs, struct fault *fault)
{
    struct fetch_item model = {.force = options->force, .remembered = true};
    if (take_specs(map, map->asked, map->spec_count, refs, &model, false, fault) < 0)
        return -1;
    return mark_merge(options, map, refs, fault);
}

/* As the command line says; where the remote's own refspecs have a place for the same reference, it
 * is kept there too: also, as git does, where they exclude it. */
static int choose_asked(const struct fetch_map_options *options, struct fetch_map *map,
                        const struct reflist *refs, struct fault *fault)
{
    const struct fetch_item model = {.force = options->force, .merge = true, .remembered = true};
    const struct fetch_item beside = {.force = options->force};
    if (take_specs(map, 0, map->asked, refs, &model, false, fault) < 0)
        return -1;
    for (size_t i = 0, taken = map->count; i < taken; i++)
        for (size_t k = map->asked; k < map->spec_count; k++) {
            struct remote_ref ref = {.name = map->items[i].name, .oid = map->items[i].oid};
            const struct refspec *spec = &map->specs[k];
            if (spec->destination[0] && !spec->excludes && refspec_matches(spec, ref.name) > 0 &&
                take(map, spec, &ref, &beside, fault) < 0)
                return -1;
        }
    return 0;
}

static int by_local(const void *a, const void *b)
{
    const struct fetch_item *const *x = a, *const *y = b;
    int order = strcmp((*x)->local, (*y)->local);
    return order ? order : *x < *y ? -1 : *x > *y;
}

/* What goes to the same place is taken once; two different things there are refused. */
static int remove_twins(struct fetch_map *map, struct fault *fault)
{
    struct fetch_item **order = malloc((map->count + 1) * sizeof *order);
    size_t kept = 0;
    int rc = 0;
    if (order == NULL)
        return no_memory(fault);
    for (size_t i = 0; i < map->count; i++)
        order[i] = &map->items[i];
    qsort(order, map->count, sizeof *order, by_local);
    for (size_t i = 1; rc == 0 && i < map->count; i++) {
        struct fetch_item *one = order[i - 1], *two = order[i];
        if (!*one->local || strcmp(one->local, two->local) != 0)
            continue;
        if (strcmp(one->name, two->name) != 0)
            rc = fault_set(fault, FAULT_USAGE, "cannot fetch both %.200s and %.200s to %.200s",
                           one->name, two->name, one->local);
        one->merge = one->merge || two->merge;
        one->remembered = one->remembered || two->remembered;
        two->name = NULL;
        order[i] = one;
    }
    free(order);
    for (size_t i = 0; rc == 0 && i < map->count; i++)
        if (map->items[i].name)
            map->items[kept++] = map->items[i];
    if (rc == 0)
        map->count = kept;
    return rc;
}

int fetch_map_open(const struct fetch_map_options *options, struct fetch_map *out,
                   struct fault *fault)
{
    *out = (struct fetch_map){.count = 0};
    if (read_asked(options, out, fault) < 0 || configured(options, out, fault) < 0)
        return -1;
    if (out->spec_count > 0)
        return 0;
    /* A remote without any refspec: its HEAD, and nothing but FETCH_HEAD has it. */
    return add_spec(out, "HEAD", fault) < 0 ? -1 : (out->asked = 1, 0);
}

static const char *keep_prefix(struct fetch_map *map, const char *before,
                               const struct refspec *spec)
{
    char text[REFS_NAME_MAX + 32];
    size_t size = spec->pattern ? strcspn(spec->source, "*") : strlen(spec->source);
    int length = snprintf(text, sizeof text, "%s%.*s", before, (int)size, spec->source);
    return texts_keep(&map->texts, text, (size_t)length);
}

int fetch_map_prefixes(const struct fetch_map_options *options, struct fetch_map *map,
                       const char ***out, struct fault *fault)
{
    static const char *const before[] = {"", "refs/", "refs/tags/", "refs/heads/", "refs/remotes/"};
    enum { WAYS = sizeof before / sizeof *before };
    const char **all = malloc((map->spec_count * WAYS + 3) * sizeof *all);
    size_t count = 0;
    bool kept = all != NULL;
    for (size_t i = 0; kept && i < map->spec_count; i++) {
        const struct refspec *spec = &map->specs[i];
        bool full = spec->pattern || begins(spec->source, "refs/");
        for (size_t way = 0; kept && !spec->excludes && way < (full ? 1 : WAYS); way++) {
            all[count] = keep_prefix(map, before[way], spec);
            kept = all[count++] != NULL;
        }
    }
    if (!kept) {
        free(all);
        return no_memory(fault);
    }
    all[count++] = "HEAD";
    if (options->tags != TAGS_NONE)
        all[count++] = tags;
    if (options->refspec_count == 0)
        all[count++] = "refs/heads/"; /* where branch.NAME.merge leads */
    *out = all;
    return (int)count;
}

int fetch_map_choose(const struct fetch_map_options *options, const struct reflist *refs,
                     struct fetch_map *map, struct fault *fault)
{
    const struct fetch_item model = {.force = options->force, .remembered = true};
    const char *remote = options->refspec_count == 0 && options->remote ? followed(options) : NULL;
    bool follows = remote && strcmp(remote, options->remote) == 0, tracks = false;
    int rc = map->asked > 0 && !follows ? choose_asked(options, map, refs, fault)
                                        : choose_configured(options, map, refs, fault);
    if (rc < 0)
        return -1;
    for (size_t i = 0; i < (map->asked ? map->asked : map->spec_count); i++)
        tracks = tracks || map->specs[i].destination[0];
    map->follow_tags = options->tags == TAGS_FOLLOW && tracks;
    if (options->tags == TAGS_ALL) {
        /* Only for this: --prune does not judge tags unless a refspec says so. */
        size_t specs = map->spec_count;
        if (add_spec(map, all_tags, fault) < 0 ||
            take_specs(map, specs, specs + 1, refs, &model, true, fault) < 0)
            return -1;
        map->spec_count = specs;
    }
    return remove_twins(map, fault);
}

void fetch_map_free(struct fetch_map *map)
{
    texts_free(map->texts);
    free(map->items);
    free(map->specs);
    *map = (struct fetch_map){.count = 0};
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

int fetch_map_follow(struct fetch_map *map, const struct reflist *refs,
                     const struct local_refs *local,
                     bool (*has)(void *context, const struct oid *oid), void *context,
                     struct fault *fault)
{
    size_t count = map->count;
    const char **taken = malloc((count + 1) * sizeof *taken);
    int rc = 0;
    if (taken == NULL)
        return no_memory(fault);
    for (size_t i = 0; i < count; i++)
        taken[i] = map->items[i].local;
    qsort(taken, count, sizeof *taken, compare_names);
    for (size_t i = 0; rc == 0 && i < refs->count; i++) {
        const struct remote_ref *ref = &refs->refs[i];
        const struct oid *end = ref->has_peeled ? remote_ref_peeled(ref) : &ref->oid;
        if (!begins(ref->name, tags) || local_refs_find(local, ref->name) ||
            bsearch(&ref->name, taken, count, sizeof *taken, compare_names) || !has(context, end))
            continue;
        struct fetch_item item = {
            .name = ref->name, .local = ref->name, .oid = ref->oid, .remembered = true};
        rc = add(map, &item, fault);
    }
    free(taken);
    return rc;
}

const char **fetch_map_names(const struct reflist *refs, size_t *count)
{
    const char **names = malloc((refs->count + 1) * sizeof *names);
    *count = 0;
    for (size_t i = 0; names && i < refs->count; i++)
        if (!refs->refs[i].unborn)
            names[(*count)++] = refs->refs[i].name;
    if (names)
        qsort(names, *count, sizeof *names, compare_names);
    return names;
}

bool fetch_map_is_stale(const struct fetch_map *map, const char *const *names, size_t count,
                        const char *name)
{
    char source[REFS_NAME_MAX];
    const char *key = source;
    bool ours = false;
    size_t specs = map->asked > 0 ? map->asked : map->spec_count;
    for (size_t i = 0; i < specs; i++) {
        if (!refspec_source(&map->specs[i], name, source) || is_excluded(map, 0, specs, source))
            continue;
        ours = true;
        /* A single one is there, by a short name perhaps; else nothing would have been chosen. */
        if (!map->specs[i].pattern || bsearch(&key, names, count, sizeof *names, compare_names))
            return false;
    }
    return ours;
}
