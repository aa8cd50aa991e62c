/* SPDX-License-Identifier: MIT */
/* The extension TREE, a directory after what is above it (gitformat-index, "Cache tree"):
 *
 *   directory: name NUL | entries of the index below it, decimal; -1: no tree is known | SP |
 *              directories in it, decimal | LF | id, if a tree is known
 *
 * The root has the empty name. git sorts the directories in one by the length of their names first,
 * and takes them in any order.
 */
#include "worktree/tree_cache.h"

#include "proto/bytes.h"
#include "proto/object.h"
#include "system/array.h"
#include "system/growing_writer.h"
#include "system/texts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    TREES_MAX = 256 << 20, /* bytes of the trees from the root to an entry */
    TEXT_MAX = 256 << 20   /* bytes of the extension */
};

static int no_memory(struct fault *fault)
{
    return fault_set(fault, FAULT_LIMIT, "no memory for the directories of the index");
}

/* A directory on the way down, while the extension is read. */
struct reading {
    uint64_t left;   /* directories in it that are still to come */
    size_t path_len; /* with the slash */
};

struct cache_reader {
    struct tree_cache *out;
    const unsigned char *at, *end;
    size_t oid_len;
    struct reading *levels;
    size_t depth, room;
    char path[OBJECT_PATH_MAX + 1];
    struct fault *fault;
};

/* A decimal number up to the byte END. */
static bool take_number(struct cache_reader *reader, char end, uint64_t *out)
{
    const unsigned char *stop = memchr(reader->at, end, (size_t)(reader->end - reader->at));
    if (stop == NULL ||
        bytes_decimal((const char *)reader->at, (size_t)(stop - reader->at), out) < 0)
        return false;
    reader->at = stop + 1;
    return true;
}

/* The name of the next directory, behind the path of the one that it is in. */
static bool take_name(struct cache_reader *reader, size_t *path_len)
{
    const unsigned char *nul = memchr(reader->at, '\0', (size_t)(reader->end - reader->at));
    if (nul == NULL)
        return false;
    size_t length = (size_t)(nul - reader->at);
    size_t above = reader->depth ? reader->levels[reader->depth - 1].path_len : 0;
    if ((length == 0) != (reader->depth == 0) || length >= OBJECT_PATH_MAX - above ||
        memchr(reader->at, '/', length))
        return false;
    memcpy(reader->path + above, reader->at, length);
    *path_len = above + length + (length > 0);
    if (length > 0)
        reader->path[*path_len - 1] = '/';
    reader->path[*path_len] = '\0';
    reader->at = nul + 1;
    return true;
}

static int keep(struct cache_reader *reader, uint64_t files, size_t path_len)
{
    struct tree_cache *out = reader->out;
    struct cached_tree *more = array_room(out->trees, out->count, &out->room, sizeof *more);
    if (more == NULL)
        return no_memory(reader->fault);
    out->trees = more;
    more[out->count] = (struct cached_tree){.path = texts_keep(&out->paths, reader->path, path_len),
                                            .files = (uint32_t)files,
                                            .oid = oid_from(reader->at, reader->oid_len)};
    reader->at += reader->oid_len;
    return more[out->count++].path ? 0 : no_memory(reader->fault);
}

/* One directory: 1; 0: malformed; -1. */
static int read_directory(struct cache_reader *reader)
{
    uint64_t files, directories;
    size_t path_len;
    if (!take_name(reader, &path_len))
        return 0;
    bool known = reader->at < reader->end && *reader->at != '-';
    if (!known && (reader->end - reader->at < 3 || memcmp(reader->at, "-1 ", 3) != 0))
        return 0;
    if (!known)
        reader->at += 3;
    else if (!take_number(reader, ' ', &files) || files > UINT32_MAX)
        return 0;
    if (!take_number(reader, '\n', &directories) ||
        (known && (size_t)(reader->end - reader->at) < reader->oid_len))
        return 0;
    if (known && keep(reader, files, path_len) < 0)
        return -1;
    struct reading *more =
        array_room(reader->levels, reader->depth, &reader->room, sizeof *reader->levels);
    if (more == NULL)
        return no_memory(reader->fault);
    reader->levels = more;
    reader->levels[reader->depth++] = (struct reading){directories, path_len};
    return 1;
}

static int by_path(const void *a, const void *b)
{
    return strcmp(((const struct cached_tree *)a)->path, ((const struct cached_tree *)b)->path);
}

int tree_cache_read(struct tree_cache *out, const unsigned char *bytes, size_t size, size_t oid_len,
                    struct fault *fault)
{
    struct cache_reader reader = {
        .out = out, .at = bytes, .end = bytes + size, .oid_len = oid_len, .fault = fault};
    *out = (struct tree_cache){.count = 0};
    int rc = size == 0 ? 0 : read_directory(&reader);
    while (rc == 1 && reader.depth > 0) {
        struct reading *level = &reader.levels[reader.depth - 1];
        if (level->left == 0) {
            reader.depth--;
        } else {
            level->left--;
            rc = read_directory(&reader);
        }
    }
    free(reader.levels);
    if (rc < 0)
        return -1;
    if (rc == 0 || reader.at != reader.end)
        tree_cache_free(out);
    if (out->count > 0)
        qsort(out->trees, out->count, sizeof *out->trees, by_path);
    return 0;
}

void tree_cache_free(struct tree_cache *cache)
{
    texts_free(cache->paths);
    free(cache->trees);
    *cache = (struct tree_cache){.count = 0};
}

const struct cached_tree *tree_cache_find(const struct tree_cache *cache, const char *path)
{
    const struct cached_tree key = {.path = path};
    return cache->count == 0 ? NULL
                             : bsearch(&key, cache->trees, cache->count, sizeof key, by_path);
}

/* A directory of the extension that is made; known once all of its entries have come. */
struct directory {
    size_t name, name_len; /* in `names`, which have a NUL each */
    uint32_t files, directories;
    struct oid oid; /* len 0: no tree is known */
};

/* A directory on the way to the last entry. */
struct level {
    size_t number;   /* in `directories` */
    size_t tree;     /* where its tree begins in `trees` */
    size_t path_len; /* with the slash */
    uint32_t before; /* entries before its first one */
    bool broken;     /* something is in it that no tree has */
};

struct tree_cache_maker {
    struct odb *odb;
    const struct hash_ops *hash;
    struct growing_writer trees; /* of the levels, one behind the other */
    struct growing_writer names, text;
    struct directory *directories;
    struct level *levels;
    size_t count, room, depth, level_room;
    uint32_t files;
    char path[OBJECT_PATH_MAX]; /* of the last entry */
    struct fault *fault;
};

int tree_cache_open(struct odb *odb, const struct hash_ops *hash, struct tree_cache_maker **out,
                    struct fault *fault)
{
    struct tree_cache_maker *maker = *out = odb ? calloc(1, sizeof *maker) : NULL;
    if (maker == NULL)
        return odb ? no_memory(fault) : 0;
    maker->odb = odb;
    maker->hash = hash;
    maker->fault = fault;
    growing_writer_open(&maker->trees, TREES_MAX, "the index's trees", fault);
    growing_writer_open(&maker->names, TEXT_MAX, "the index's directories", fault);
    growing_writer_open(&maker->text, TEXT_MAX, "the index's directories", fault);
    return 0;
}

static int enter(struct tree_cache_maker *maker, const char *name, size_t length)
{
    struct directory *directories =
        array_room(maker->directories, maker->count, &maker->room, sizeof *directories);
    if (directories == NULL)
        return no_memory(maker->fault);
    maker->directories = directories;
    struct level *levels =
        array_room(maker->levels, maker->depth, &maker->level_room, sizeof *levels);
    if (levels == NULL)
        return no_memory(maker->fault);
    maker->levels = levels;
    size_t above = 0;
    if (maker->depth > 0) {
        above = levels[maker->depth - 1].path_len;
        directories[levels[maker->depth - 1].number].directories++;
    }
    levels[maker->depth++] = (struct level){.number = maker->count,
                                            .tree = maker->trees.used,
                                            .path_len = above + length + (length > 0),
                                            .before = maker->files};
    directories[maker->count++] = (struct directory){.name = maker->names.used, .name_len = length};
    return writer_put(&maker->names.writer, name, length) < 0
               ? -1
               : writer_put(&maker->names.writer, "", 1);
}

/* An entry of the tree on top: mode SP name NUL id */
static int put_entry(struct tree_cache_maker *maker, uint32_t mode, const char *name, size_t length,
                     const struct oid *oid)
{
    char octal[16];
    int digits = snprintf(octal, sizeof octal, "%o ", (unsigned)mode);
    struct writer *out = &maker->trees.writer;
    return writer_put(out, octal, (size_t)digits) < 0 || writer_put(out, name, length) < 0 ||
                   writer_put(out, "", 1) < 0
               ? -1
               : writer_put(out, oid->id, oid->len);
}

/* The directory on top is complete: its tree gets its name, and a place in the one above. */
static int leave(struct tree_cache_maker *maker)
{
    const struct level *level = &maker->levels[--maker->depth];
    struct directory *directory = &maker->directories[level->number];
    struct oid oid;
    directory->files = maker->files - level->before;
    if (!level->broken &&
        object_name(maker->hash, OBJECT_TREE, maker->trees.bytes + level->tree,
                    maker->trees.used - level->tree, &oid) == 0 &&
        odb_has(maker->odb, &oid))
        directory->oid = oid;
    maker->trees.used = level->tree;
    if (maker->depth == 0)
        return 0;
    if (directory->oid.len)
        return put_entry(maker, MODE_TREE, (const char *)maker->names.bytes + directory->name,
                         directory->name_len, &directory->oid);
    maker->levels[maker->depth - 1].broken = true;
    return 0;
}

int tree_cache_add(struct tree_cache_maker *maker, const struct index_entry *entry)
{
    const char *slash;
    if (maker == NULL)
        return 0;
    if (maker->depth == 0 && enter(maker, "", 0) < 0)
        return -1;
    for (size_t length;
         (length = maker->levels[maker->depth - 1].path_len) > 0 &&
         (length > entry->path_len || memcmp(maker->path, entry->path, length) != 0);)
        if (leave(maker) < 0)
            return -1;
    size_t length = maker->levels[maker->depth - 1].path_len;
    while ((slash = memchr(entry->path + length, '/', entry->path_len - length)) != NULL) {
        if (enter(maker, entry->path + length, (size_t)(slash - entry->path) - length) < 0)
            return -1;
        length = (size_t)(slash - entry->path) + 1;
    }
    memcpy(maker->path, entry->path, entry->path_len);
    maker->files++;
    if (entry->flags & INDEX_STAGES || entry->extended & INDEX_INTENT_TO_ADD) {
        maker->levels[maker->depth - 1].broken = true;
        return 0;
    }
    return put_entry(maker, entry->mode, entry->path + length, entry->path_len - length,
                     &entry->oid);
}

int tree_cache_end(struct tree_cache_maker *maker, const unsigned char **bytes, size_t *size)
{
    *size = 0;
    if (maker == NULL)
        return 0;
    struct writer *out = &maker->text.writer;
    while (maker->depth > 0)
        if (leave(maker) < 0)
            return -1;
    for (size_t i = 0; i < maker->count; i++) {
        const struct directory *directory = &maker->directories[i];
        if (writer_put(out, maker->names.bytes + directory->name, directory->name_len + 1) < 0 ||
            (directory->oid.len ? writer_text(out, "%lu ", (unsigned long)directory->files)
                                : writer_put(out, "-1 ", 3)) < 0 ||
            writer_text(out, "%lu\n", (unsigned long)directory->directories) < 0 ||
            writer_put(out, directory->oid.id, directory->oid.len) < 0)
            return -1;
    }
    *bytes = maker->text.bytes;
    *size = maker->text.used;
    return 0;
}

void tree_cache_close(struct tree_cache_maker *maker)
{
    if (maker == NULL)
        return;
    growing_writer_close(&maker->trees);
    growing_writer_close(&maker->names);
    growing_writer_close(&maker->text);
    free(maker->directories);
    free(maker->levels);
    free(maker);
}
