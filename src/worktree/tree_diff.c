/* SPDX-License-Identifier: MIT */
#include "worktree/tree_diff.h"

#include "system/array.h"
#include "system/texts.h"
#include "worktree/checkout.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { OLD, NEW, SIDES };

/* One directory on the way down: what is left of it on both sides. */
struct level {
    unsigned char *bytes[SIDES];
    struct tree_cursor tree[SIDES];
    struct tree_entry entry[SIDES], before; /* before: the last one of NEW */
    bool have[SIDES], any;                  /* any: there is a `before` */
    size_t path_len;                        /* bytes of its path, with the slash */
    size_t at, behind;                      /* of NEW, where that is the index: what is left */
};

struct walk {
    struct odb *odb;
    const struct index_list *index; /* NEW, or NULL: it is a tree */
    size_t near;                    /* where the last search there ended */
    size_t oid_len;
    struct tree_diff *out;
    struct level *levels;
    size_t depth, room;
    char path[OBJECT_PATH_MAX];
    uint64_t paths;
    struct fault *fault;
};

static int no_memory(const struct walk *walk)
{
    return fault_set(walk->fault, FAULT_LIMIT, "no memory to compare trees");
}

/* The next entry of the index, as a tree would have it: files by their name, and for all that is in
 * a directory that one, with the tree's id if it is known. */
static void step_index(const struct walk *walk, struct level *level)
{
    struct tree_entry *out = &level->entry[NEW];
    char path[OBJECT_PATH_MAX];
    struct index_entry entry;
    do {
        level->have[NEW] = level->at < level->behind;
        if (!level->have[NEW])
            return;
        entry = index_list_entry(walk->index, level->at++);
    } while (entry.flags & INDEX_STAGES);
    size_t first = level->at - 1, near = first;
    const char *name = entry.path + level->path_len, *slash = strchr(name, '/');
    *out = (struct tree_entry){.mode = entry.mode, .name = name, .name_len = strlen(name)};
    out->id = entry.raw + INDEX_ID;
    if (slash == NULL)
        return;
    snprintf(path, sizeof path, "%.*s", (int)(slash + 1 - entry.path), entry.path);
    level->at = index_list_below(walk->index, (struct index_range){first, level->behind}, path,
                                 strlen(path) - 1, &near)
                    .behind;
    const struct cached_tree *tree = tree_cache_find(&walk->index->trees, path);
    out->mode = MODE_TREE;
    out->name_len = (size_t)(slash - name);
    out->id = tree && tree->files == level->at - first ? tree->oid.id : NULL;
}

/* The next entry of one side. */
static int step(struct walk *walk, struct level *level, int side)
{
    if (side == NEW && walk->index) {
        step_index(walk, level);
        return 0;
    }
    if (side == NEW && level->have[NEW]) {
        level->before = level->entry[NEW];
        level->any = true;
    }
    int rc = tree_next(&level->tree[side], &level->entry[side], walk->fault);
    level->have[side] = rc == 1;
    if (rc == 1 && side == NEW)
        rc = tree_entry_check(level->any ? &level->before : NULL, &level->entry[NEW],
                              level->tree[NEW].oid_len, walk->fault);
    if (rc < 0)
        return fault_wrap(walk->fault, "tree '%.*s'", (int)level->path_len, walk->path);
    return 0;
}

/* Goes into the directories OLD and NEW, either of which may be NULL; what NEW is does not matter
 * when it is one of the index. Their path is in walk->path. */
static int enter(struct walk *walk, size_t path_len, const struct oid *old, const struct oid *new)
{
    const struct oid *oids[SIDES] = {old, new};
    if (walk->depth == OBJECT_DEPTH_MAX)
        return fault_set(walk->fault, FAULT_LIMIT, "over %d directories below each other",
                         OBJECT_DEPTH_MAX);
    struct level *more = array_room(walk->levels, walk->depth, &walk->room, sizeof *more);
    if (more == NULL)
        return no_memory(walk);
    walk->levels = more;
    struct level *level = &walk->levels[walk->depth++];
    *level = (struct level){.path_len = path_len};
    if (walk->index && new) {
        struct index_range range = index_list_all(walk->index);
        if (path_len > 0)
            range = index_list_below(walk->index, range, walk->path, path_len - 1, &walk->near);
        level->at = range.first;
        level->behind = range.behind;
        oids[NEW] = NULL;
    }
    for (int side = 0; side < SIDES; side++) {
        const unsigned char *bytes = NULL;
        enum object_type type = OBJECT_TREE;
        size_t size = 0;
        char hex[OID_HEX];
        if (oids[side] &&
            odb_read(walk->odb, oids[side], WORKTREE_TREES_MAX, &type, &bytes, &size) < 0)
            return -1;
        if (type != OBJECT_TREE)
            return fault_set(walk->fault, FAULT_PROTOCOL, "%s is a %s, not a tree",
                             oid_hex(oids[side], hex), pack_type_name(type));
        /* What the odb has read holds only until it reads again. */
        level->bytes[side] = malloc(size + 1);
        if (level->bytes[side] == NULL)
            return no_memory(walk);
        if (size > 0)
            memcpy(level->bytes[side], bytes, size);
        tree_open(&level->tree[side], level->bytes[side], size, walk->oid_len);
    }
    return step(walk, level, OLD) < 0 ? -1 : step(walk, level, NEW);
}

static void leave(struct walk *walk)
{
    struct level *level = &walk->levels[--walk->depth];
    free(level->bytes[OLD]);
    free(level->bytes[NEW]);
}

static bool is_directory(const struct tree_entry *entry)
{
    return (entry->mode & 0170000) == MODE_TREE;
}

/* git's order of names: a directory's ends in '/'. */
static int compare(const struct tree_entry *a, const struct tree_entry *b)
{
    size_t shorter = a->name_len < b->name_len ? a->name_len : b->name_len;
    int order = memcmp(a->name, b->name, shorter);
    if (order != 0)
        return order;
    int left = a->name_len > shorter ? (unsigned char)a->name[shorter] : is_directory(a) ? '/' : 0;
    int right = b->name_len > shorter ? (unsigned char)b->name[shorter] : is_directory(b) ? '/' : 0;
    return left - right;
}

/* Puts NAME behind the level's path. */
static int put_name(struct walk *walk, const struct level *level, const struct tree_entry *entry,
                    size_t *length)
{
    if (level->path_len + entry->name_len + 2 > sizeof walk->path)
        return fault_set(walk->fault, FAULT_LIMIT, "a path of over %d bytes below '%.200s'",
                         OBJECT_PATH_MAX - 1, walk->path);
    memcpy(walk->path + level->path_len, entry->name, entry->name_len);
    *length = level->path_len + entry->name_len;
    walk->path[*length] = '\0';
    return 0;
}

static int note(struct walk *walk, size_t length, const struct tree_entry *old,
                const struct tree_entry *new)
{
    struct tree_diff *out = walk->out;
    /* The sides of a merge. */
    if (walk->index && new == NULL &&
        index_list_find(walk->index, index_list_all(walk->index), walk->path, &walk->near))
        return 0;
    walk->paths += length + 1;
    if (out->count == WORKTREE_ENTRIES_MAX || walk->paths > WORKTREE_PATHS_MAX)
        return fault_set(walk->fault, FAULT_LIMIT, "over %d files differ", WORKTREE_ENTRIES_MAX);
    struct tree_change *more = array_room(out->changes, out->count, &out->room, sizeof *more);
    if (more == NULL)
        return no_memory(walk);
    out->changes = more;
    struct tree_change *change = &out->changes[out->count];
    *change = (struct tree_change){.path = texts_keep(&out->paths, walk->path, length)};
    if (change->path == NULL)
        return no_memory(walk);
    if (old) {
        change->old_mode = object_mode(old->mode);
        change->old = oid_from(old->id, walk->oid_len);
    }
    if (new) {
        change->new_mode = object_mode(new->mode);
        change->new = oid_from(new->id, walk->oid_len);
    }
    out->count++;
    return 0;
}

/* An entry that only one side has, or that differs, OLD or NEW being NULL where it is not. */
static int take(struct walk *walk, const struct tree_entry *old, const struct tree_entry *new)
{
    const struct level *level = &walk->levels[walk->depth - 1];
    const struct tree_entry *one = new ? new : old;
    size_t length = 0;
    if (put_name(walk, level, one, &length) < 0)
        return -1;
    if (!is_directory(one))
        return note(walk, length, old, new);
    struct oid before = {.len = 0}, after = {.len = 0};
    if (old)
        before = oid_from(old->id, walk->oid_len);
    if (new &&new->id)
        after = oid_from(new->id, walk->oid_len);
    walk->path[length] = '/';
    walk->path[length + 1] = '\0';
    return enter(walk, length + 1, old ? &before : NULL, new ? &after : NULL);
}

/* One entry of the level on top, or both when they have the same name. The level is left when there
 * is none. */
static int advance(struct walk *walk)
{
    struct level *level = &walk->levels[walk->depth - 1];
    if (!level->have[OLD] && !level->have[NEW]) {
        leave(walk);
        return 0;
    }
    int order = !level->have[OLD]   ? 1
                : !level->have[NEW] ? -1
                                    : compare(&level->entry[OLD], &level->entry[NEW]);
    struct tree_entry old = level->entry[OLD], new = level->entry[NEW];
    bool same = order == 0 && object_mode(old.mode) == object_mode(new.mode) &&
                new.id &&memcmp(old.id, new.id, walk->oid_len) == 0;
    if (order <= 0 && step(walk, level, OLD) < 0)
        return -1;
    if (order >= 0 && step(walk, level, NEW) < 0)
        return -1;
    return same ? 0 : take(walk, order <= 0 ? &old : NULL, order >= 0 ? &new : NULL);
}

/* Compares the roots. */
static int read_all(struct walk *walk, const struct oid *old, const struct oid *new)
{
    int rc = enter(walk, 0, old, new);
    while (rc == 0 && walk->depth > 0)
        rc = advance(walk);
    while (walk->depth > 0)
        leave(walk);
    free(walk->levels);
    return rc;
}

int tree_diff_read(struct odb *odb, const struct oid *old, const struct oid *new,
                   struct tree_diff *out, struct fault *fault)
{
    struct walk walk = {.odb = odb, .oid_len = (new ? new : old)->len, .out = out, .fault = fault};
    *out = (struct tree_diff){.count = 0};
    return old && new &&oid_equal(old, new) ? 0 : read_all(&walk, old, new);
}

int tree_diff_index(struct odb *odb, const struct oid *old, const struct index_list *index,
                    struct tree_diff *out, struct fault *fault)
{
    struct walk walk = {
        .odb = odb, .index = index, .oid_len = index->hash->oid_len, .out = out, .fault = fault};
    const struct cached_tree *root = tree_cache_find(&index->trees, "");
    const struct oid none = {.len = 0};
    *out = (struct tree_diff){.count = 0};
    if (old && root && root->files == index->count && oid_equal(old, &root->oid))
        return 0;
    return read_all(&walk, old, &none);
}

void tree_diff_free(struct tree_diff *diff)
{
    texts_free(diff->paths);
    free(diff->changes);
    *diff = (struct tree_diff){.count = 0};
}
