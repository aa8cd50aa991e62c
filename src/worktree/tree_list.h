/* SPDX-License-Identifier: MIT */
/* What a tree holds: every file's path, mode and id, in the order of the index.
 *
 *   directories   | ""  |  "src" below ""  |  "src/net" below "src"  | ...
 *   files         | "net.c" in 2  |  "resolve.c" in 2  | ...
 *
 * The name of a directory is kept once, however many files are below it: paths are put together
 * when they are wanted.
 */
#ifndef SMIDGIT_TREE_LIST_H
#define SMIDGIT_TREE_LIST_H

#include "objects/odb.h"
#include "proto/object.h"
#include "worktree/index.h"
#include "worktree/pathset.h"

/* What is listed at most (P8); all of it is more than any repository needs. */
struct tree_list_limits {
    size_t files;   /* and as many directories */
    size_t memory;  /* bytes of the list, and of the trees from the root to where the walk is */
    uint64_t paths; /* bytes of all paths: the index has every one of them in full */
};

struct tree_list_file {
    uint64_t place; /* place_number() of its object; 0: a submodule, which has none */
    uint32_t name;  /* offset in `names` */
    uint32_t directory;
    unsigned char fixed[]; /* index_entry_pack(): times and size only when it is written */
};

struct tree_list_directory {
    uint32_t name;     /* offset in `names` */
    uint32_t parent;   /* number 0 is the root, which has none */
    uint32_t path_len; /* bytes of its path, with a '/' at the end; 0: the root */
};

struct tree_list {
    unsigned char *files; /* of file_size bytes each: tree_list_file() */
    size_t file_size, fixed_size, oid_len, count, room;
    struct tree_list_directory *directories;
    size_t directory_count, directory_room;
    char *names; /* each with a NUL */
    size_t names_used, names_room;
    uint64_t paths; /* bytes of the files' paths, each with a NUL */
};

/* Lists the files of TREE, depth first, with a list and not by recursion. PATHS: only those files;
 * NULL: all. Their entries are checked (P1, P2, P6, P7), and ODB must have all of their objects;
 * over LIMITS is a FAULT_LIMIT. 0 or -1. */
int tree_list_read(struct tree_list *tree_list, struct odb *odb, const struct oid *tree,
                   struct pathset *paths, const struct tree_list_limits *limits,
                   struct fault *fault);
void tree_list_free(struct tree_list *tree_list);

static inline struct tree_list_file *tree_list_file(const struct tree_list *tree_list,
                                                    size_t number)
{
    return (struct tree_list_file *)(void *)(tree_list->files + number * tree_list->file_size);
}

/* The mode, the id and the path of FILE, which is put into PATH with a NUL. Its last component
 * begins at the path_len of its directory. */
struct index_entry tree_list_entry(const struct tree_list *tree_list,
                                   const struct tree_list_file *file, char path[OBJECT_PATH_MAX]);

#endif
