/* SPDX-License-Identifier: MIT */
/* What a tree holds: every file's path, mode and id, in the order of the index. */
#ifndef SMIDGIT_TREE_LIST_H
#define SMIDGIT_TREE_LIST_H

#include "objects/odb.h"
#include "worktree/index.h"
#include "worktree/pathset.h"

struct tree_list_file {
    size_t path; /* offset in `paths` */
    uint32_t path_len;
    uint32_t pack; /* which pack has its object, and where: files are written in that order */
    uint64_t offset;
    struct index_entry entry; /* mode and id; times and size when it is written; never the path */
};

struct tree_list {
    struct tree_list_file *files;
    size_t count, room;
    size_t directories; /* below the root */
    char *paths;        /* each with a NUL */
    size_t paths_used, paths_room;
};

/* Lists the files of TREE, depth first, with a list and not by recursion. PATHS: only those files;
 * NULL: all. Their entries are checked (P1, P2, P6, P7), there may be FILES_MAX files at most and
 * as many directories (P8), and ODB must have all of their objects. 0 or -1. */
int tree_list_read(struct tree_list *tree_list, struct odb *odb, const struct oid *tree,
                   struct pathset *paths, size_t files_max, struct fault *fault);
void tree_list_free(struct tree_list *tree_list);

const char *tree_list_path(const struct tree_list *tree_list, const struct tree_list_file *file);

#endif
