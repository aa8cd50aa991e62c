/* SPDX-License-Identifier: MIT */
#include "worktree/tree_list.h"

#include "proto/object.h"
#include "worktree/checkout.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* A directory on the way from the root to where the walk is. */
struct level {
    unsigned char *bytes; /* of the tree */
    size_t size;
    struct tree_cursor tree;
    struct tree_entry previous;
    bool any;        /* previous is set */
    size_t path_len; /* of the directory, with its '/' */
};

struct walk {
    struct tree_list *tree_list;
    struct odb *odb;
    struct pathset *paths;  /* NULL: all */
    size_t files_max, held; /* held: bytes of the trees on the way */
    struct level *levels;
    size_t depth, room, trees; /* trees: entered so far */
    char path[OBJECT_PATH_MAX];
    struct fault *fault;
};

const char *tree_list_path(const struct tree_list *tree_list, const struct tree_list_file *file)
{
    return tree_list->paths + file->path;
}

void tree_list_free(struct tree_list *tree_list)
{
    free(tree_list->files);
    free(tree_list->paths);
    *tree_list = (struct tree_list){0};
}

/* Makes *ARRAY at least half as large again, so that NEEDED fit. */
static int grow(void **array, size_t *room, size_t needed, size_t size, struct fault *fault)
{
    if (needed <= *room)
        return 0;
    size_t more = *room + *room / 2 > needed ? *room + *room / 2 : needed + 64;
    void *bigger = more > SIZE_MAX / size ? NULL : realloc(*array, more * size);
    if (bigger == NULL)
        return fault_set(fault, FAULT_LIMIT, "no memory for a checkout of %zu files", more);
    *array = bigger;
    *room = more;
    return 0;
}

static int add_file(struct walk *walk, const struct tree_entry *entry, size_t path_len)
{
    struct tree_list *tree_list = walk->tree_list;
    void *files = tree_list->files, *paths = tree_list->paths;
    if (tree_list->count == walk->files_max)
        return fault_set(
            walk->fault, FAULT_LIMIT,
            "checkout: more than %zu files, which is the limit, or what --mem has room for",
            walk->files_max);
    int rc =
        grow(&files, &tree_list->room, tree_list->count + 1, sizeof *tree_list->files, walk->fault);
    tree_list->files = files;
    if (rc == 0)
        rc = grow(&paths, &tree_list->paths_room, tree_list->paths_used + path_len + 1, 1,
                  walk->fault);
    tree_list->paths = paths;
    if (rc < 0)
        return -1;
    struct tree_list_file *file = &tree_list->files[tree_list->count++];
    *file = (struct tree_list_file){.path = tree_list->paths_used, .path_len = (uint32_t)path_len};
    file->entry.mode = object_mode(entry->mode);
    file->entry.oid = oid_from(entry->id, walk->levels[walk->depth - 1].tree.oid_len);
    memcpy(tree_list->paths + file->path, walk->path, path_len);
    tree_list->paths[file->path + path_len] = '\0';
    tree_list->paths_used += path_len + 1;
    if (file->entry.mode != MODE_GITLINK &&
        !odb_where(walk->odb, &file->entry.oid, &file->pack, &file->offset)) {
        char hex[OID_HEX];
        return fault_set(walk->fault, FAULT_PROTOCOL, "checkout: object %s of '%s' is missing",
                         oid_hex(&file->entry.oid, hex), tree_list->paths + file->path);
    }
    return 0;
}

/* Copies the tree OID: the walk comes back to it after others were read. */
static int enter(struct walk *walk, const struct oid *oid, size_t path_len)
{
    void *levels = walk->levels;
    const unsigned char *bytes;
    enum object_type type;
    size_t size;
    char hex[OID_HEX];
    if (walk->trees++ == walk->files_max)
        return fault_set(walk->fault, FAULT_LIMIT, "checkout: more than %zu directories",
                         walk->files_max);
    if (walk->depth == OBJECT_DEPTH_MAX)
        return fault_set(walk->fault, FAULT_PROTOCOL,
                         "checkout: over %d directories below each other", OBJECT_DEPTH_MAX);
    int rc = grow(&levels, &walk->room, walk->depth + 1, sizeof *walk->levels, walk->fault);
    walk->levels = levels;
    if (rc < 0 || odb_read(walk->odb, oid, WORKTREE_TREES_MAX, &type, &bytes, &size) < 0)
        return -1;
    if (type != OBJECT_TREE)
        return fault_set(walk->fault, FAULT_PROTOCOL, "checkout: object %s is a %s, not a tree",
                         oid_hex(oid, hex), pack_type_name(type));
    if (size > WORKTREE_TREES_MAX - walk->held)
        return fault_set(walk->fault, FAULT_LIMIT, "checkout: trees of over %d bytes",
                         WORKTREE_TREES_MAX);
    struct level *level = &walk->levels[walk->depth];
    *level = (struct level){.bytes = malloc(size + 1), .size = size, .path_len = path_len};
    if (level->bytes == NULL)
        return fault_set(walk->fault, FAULT_LIMIT, "no memory for a tree of %zu bytes", size);
    memcpy(level->bytes, bytes, size);
    tree_open(&level->tree, level->bytes, size, oid->len);
    walk->held += size;
    walk->depth++;
    return 0;
}

static void leave(struct walk *walk)
{
    struct level *level = &walk->levels[--walk->depth];
    walk->held -= level->size;
    free(level->bytes);
}

static int take_entry(struct walk *walk, struct level *level, const struct tree_entry *entry)
{
    if (tree_entry_check(level->any ? &level->previous : NULL, entry, level->tree.oid_len,
                         walk->fault) < 0)
        return -1;
    level->previous = *entry;
    level->any = true;
    size_t path_len = level->path_len + entry->name_len;
    if (path_len + 1 >= sizeof walk->path)
        return fault_set(walk->fault, FAULT_PROTOCOL, "a path of over %zu bytes",
                         sizeof walk->path - 1);
    memcpy(walk->path + level->path_len, entry->name, entry->name_len);
    walk->path[path_len] = '\0';
    bool tree = object_mode(entry->mode) == MODE_TREE;
    if (walk->paths && !pathset_takes(walk->paths, walk->path, path_len, tree))
        return 0;
    if (!tree)
        return add_file(walk, entry, path_len);
    struct oid oid = oid_from(entry->id, level->tree.oid_len);
    walk->path[path_len++] = '/';
    return enter(walk, &oid, path_len);
}

static int step(struct walk *walk)
{
    struct level *level = &walk->levels[walk->depth - 1];
    struct tree_entry entry;
    int rc = tree_next(&level->tree, &entry, walk->fault);
    if (rc == 0) {
        leave(walk);
        return 0;
    }
    size_t path_len = level->path_len;
    if (rc == 1 && take_entry(walk, level, &entry) == 0)
        return 0;
    return fault_wrap(walk->fault, "tree of '%.*s'", (int)path_len, walk->path);
}

int tree_list_read(struct tree_list *tree_list, struct odb *odb, const struct oid *tree,
                   struct pathset *paths, size_t files_max, struct fault *fault)
{
    struct walk walk = {
        .tree_list = tree_list,
        .odb = odb,
        .paths = paths,
        .files_max = files_max,
        .fault = fault,
    };
    *tree_list = (struct tree_list){0};
    int rc = enter(&walk, tree, 0);
    while (rc == 0 && walk.depth > 0)
        rc = step(&walk);
    if (rc == 0 && paths)
        rc = pathset_all_found(paths, fault);
    while (walk.depth > 0)
        leave(&walk);
    tree_list->directories = walk.trees - 1;
    free(walk.levels);
    if (rc < 0)
        tree_list_free(tree_list);
    return rc;
}
