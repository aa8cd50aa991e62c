/* SPDX-License-Identifier: MIT */
#include "worktree/tree_list.h"

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
    bool any;           /* previous is set */
    uint32_t directory; /* its number in the list */
};

struct walk {
    struct tree_list *list;
    struct odb *odb;
    struct pathset *paths; /* NULL: all */
    const struct tree_list_limits *limits;
    size_t memory; /* bytes that are left of limits->memory */
    size_t held;   /* bytes of the trees on the way */
    struct level *levels;
    size_t depth, room;
    char path[OBJECT_PATH_MAX];
    struct fault *fault;
};

/* Puts the path of DIRECTORY in front of where OUT has room for it. */
static void put_directories(const struct tree_list *list, uint32_t directory, char *out)
{
    while (directory != 0) {
        const struct tree_list_directory *d = &list->directories[directory];
        size_t begin = list->directories[d->parent].path_len;
        memcpy(out + begin, list->names + d->name, d->path_len - 1 - begin);
        out[d->path_len - 1] = '/';
        directory = d->parent;
    }
}

struct index_entry tree_list_entry(const struct tree_list *list, const struct tree_list_file *file,
                                   char path[OBJECT_PATH_MAX])
{
    const char *name = list->names + file->name;
    size_t begin = list->directories[file->directory].path_len;
    put_directories(list, file->directory, path);
    strcpy(path + begin, name);
    return (struct index_entry){.mode = index_entry_mode(file->fixed),
                                .oid = oid_from(file->fixed + INDEX_ID, list->oid_len),
                                .path = path,
                                .path_len = begin + strlen(name)};
}

void tree_list_free(struct tree_list *list)
{
    free(list->files);
    free(list->directories);
    free(list->names);
    *list = (struct tree_list){0};
}

static int too_much(struct walk *walk)
{
    return fault_set(walk->fault, FAULT_LIMIT,
                     "checkout: the list of files takes more memory than --mem has room for");
}

/* Makes *ARRAY at least half as large again, so that NEEDED of SIZE bytes fit. */
static int grow(struct walk *walk, void **array, size_t *room, size_t needed, size_t size)
{
    if (needed <= *room)
        return 0;
    size_t more = *room + *room / 2 > needed ? *room + *room / 2 : needed + 64;
    if (more > SIZE_MAX / size)
        return too_much(walk);
    if ((more - *room) * size > walk->memory)
        more = needed;
    if ((more - *room) * size > walk->memory)
        return too_much(walk);
    void *bigger = realloc(*array, more * size);
    if (bigger == NULL)
        return fault_set(walk->fault, FAULT_LIMIT, "no memory for a list of %zu files", more);
    walk->memory -= (more - *room) * size;
    *array = bigger;
    *room = more;
    return 0;
}

/* Keeps NAME; *OUT is where in `names`. */
static int add_name(struct walk *walk, const char *name, size_t size, uint32_t *out)
{
    struct tree_list *list = walk->list;
    void *names = list->names;
    if (list->names_used > UINT32_MAX)
        return too_much(walk);
    int rc = grow(walk, &names, &list->names_room, list->names_used + size + 1, 1);
    list->names = names;
    if (rc < 0)
        return -1;
    memcpy(list->names + list->names_used, name, size);
    list->names[list->names_used + size] = '\0';
    *out = (uint32_t)list->names_used;
    list->names_used += size + 1;
    return 0;
}

static int add_file(struct walk *walk, const struct level *level, const struct tree_entry *entry,
                    size_t path_len)
{
    struct tree_list *list = walk->list;
    struct index_entry made = {.mode = object_mode(entry->mode),
                               .oid = oid_from(entry->id, level->tree.oid_len),
                               .path_len = path_len};
    struct place place = {.pack = 0};
    void *files = list->files;
    uint32_t name;
    char hex[OID_HEX];
    if (list->count == walk->limits->files)
        return fault_set(walk->fault, FAULT_LIMIT, "checkout: more than %zu files",
                         walk->limits->files);
    list->paths += path_len + 1;
    if (list->paths > walk->limits->paths)
        return fault_set(walk->fault, FAULT_LIMIT,
                         "checkout: the paths of its files have more than %" PRIu64 " MiB",
                         walk->limits->paths >> 20);
    if (made.mode != MODE_GITLINK && !odb_where(walk->odb, &made.oid, &place))
        return fault_set(walk->fault, FAULT_PROTOCOL, "checkout: object %s of '%s' is missing",
                         oid_hex(&made.oid, hex), walk->path);
    int rc = grow(walk, &files, &list->room, list->count + 1, list->file_size);
    list->files = files;
    if (rc < 0 || add_name(walk, entry->name, entry->name_len, &name) < 0)
        return -1;
    struct tree_list_file *file = tree_list_file(list, list->count++);
    *file = (struct tree_list_file){place_number(&place), name, level->directory};
    index_entry_pack(&made, file->fixed);
    return 0;
}

/* Goes down into the tree OID, which is called NAME. Copies it: the walk comes back to it after
 * others were read. */
static int enter(struct walk *walk, const struct oid *oid, const char *name, size_t name_len)
{
    struct tree_list *list = walk->list;
    struct tree_list_directory directory = {.path_len = 0};
    void *levels = walk->levels, *directories = list->directories;
    const unsigned char *bytes;
    enum object_type type;
    size_t size;
    char hex[OID_HEX];
    if (list->directory_count > walk->limits->files)
        return fault_set(walk->fault, FAULT_LIMIT, "checkout: more than %zu directories",
                         walk->limits->files);
    if (walk->depth == OBJECT_DEPTH_MAX)
        return fault_set(walk->fault, FAULT_PROTOCOL,
                         "checkout: over %d directories below each other", OBJECT_DEPTH_MAX);
    int rc = grow(walk, &directories, &list->directory_room, list->directory_count + 1,
                  sizeof *list->directories);
    list->directories = directories;
    if (rc < 0 || add_name(walk, name, name_len, &directory.name) < 0)
        return -1;
    if (walk->depth > 0) {
        directory.parent = walk->levels[walk->depth - 1].directory;
        directory.path_len =
            (uint32_t)(list->directories[directory.parent].path_len + name_len + 1);
    }
    list->directories[list->directory_count] = directory;
    rc = grow(walk, &levels, &walk->room, walk->depth + 1, sizeof *walk->levels);
    walk->levels = levels;
    if (rc < 0 || odb_read(walk->odb, oid, WORKTREE_TREES_MAX, &type, &bytes, &size) < 0)
        return -1;
    if (type != OBJECT_TREE)
        return fault_set(walk->fault, FAULT_PROTOCOL, "checkout: object %s is a %s, not a tree",
                         oid_hex(oid, hex), pack_type_name(type));
    if (size > WORKTREE_TREES_MAX - walk->held)
        return fault_set(walk->fault, FAULT_LIMIT, "checkout: trees of over %d bytes",
                         WORKTREE_TREES_MAX);
    if (size >= walk->memory)
        return too_much(walk);
    struct level *level = &walk->levels[walk->depth];
    *level = (struct level){
        .bytes = malloc(size + 1), .size = size, .directory = (uint32_t)list->directory_count};
    if (level->bytes == NULL)
        return fault_set(walk->fault, FAULT_LIMIT, "no memory for a tree of %zu bytes", size);
    memcpy(level->bytes, bytes, size);
    tree_open(&level->tree, level->bytes, size, oid->len);
    walk->held += size;
    walk->memory -= size;
    walk->depth++;
    list->directory_count++;
    return 0;
}

static void leave(struct walk *walk)
{
    struct level *level = &walk->levels[--walk->depth];
    walk->held -= level->size;
    walk->memory += level->size;
    free(level->bytes);
}

static int take_entry(struct walk *walk, struct level *level, const struct tree_entry *entry)
{
    if (tree_entry_check(level->any ? &level->previous : NULL, entry, level->tree.oid_len,
                         walk->fault) < 0)
        return -1;
    level->previous = *entry;
    level->any = true;
    size_t begin = walk->list->directories[level->directory].path_len;
    size_t path_len = begin + entry->name_len;
    if (path_len >= sizeof walk->path)
        return fault_set(walk->fault, FAULT_PROTOCOL, "a path of over %zu bytes",
                         sizeof walk->path - 1);
    memcpy(walk->path + begin, entry->name, entry->name_len);
    walk->path[path_len] = '\0';
    bool tree = object_mode(entry->mode) == MODE_TREE;
    if (walk->paths && !pathset_takes(walk->paths, walk->path, path_len, tree))
        return 0;
    if (!tree)
        return add_file(walk, level, entry, path_len);
    struct oid oid = oid_from(entry->id, level->tree.oid_len);
    walk->path[path_len] = '/';
    return enter(walk, &oid, entry->name, entry->name_len);
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
    size_t path_len = walk->list->directories[level->directory].path_len;
    if (rc == 1 && take_entry(walk, level, &entry) == 0)
        return 0;
    return fault_wrap(walk->fault, "tree of '%.*s'", (int)path_len, walk->path);
}

int tree_list_read(struct tree_list *list, struct odb *odb, const struct oid *tree,
                   struct pathset *paths, const struct tree_list_limits *limits,
                   struct fault *fault)
{
    struct walk walk = {
        .list = list,
        .odb = odb,
        .paths = paths,
        .limits = limits,
        .memory = limits->memory,
        .fault = fault,
    };
    size_t file = sizeof(struct tree_list_file), fixed = INDEX_ID + tree->len + 2;
    *list = (struct tree_list){.oid_len = tree->len,
                               .fixed_size = fixed,
                               .file_size = file + (fixed + file - 1) / file * file};
    int rc = enter(&walk, tree, "", 0);
    while (rc == 0 && walk.depth > 0)
        rc = step(&walk);
    if (rc == 0 && paths)
        rc = pathset_all_found(paths, fault);
    while (walk.depth > 0)
        leave(&walk);
    free(walk.levels);
    if (rc < 0)
        tree_list_free(list);
    return rc;
}
