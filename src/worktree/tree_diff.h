/* SPDX-License-Identifier: MIT */
/* What differs between two trees, or a tree and the index: paths, in the order of the index.
 * Directories that are the same are not read (git-diff-tree, git-diff-index). */
#ifndef SMIDGIT_TREE_DIFF_H
#define SMIDGIT_TREE_DIFF_H

#include "objects/odb.h"
#include "proto/object.h"
#include "worktree/index_list.h"

#include <stdbool.h>
#include <stddef.h>

struct tree_change {
    const char *path;            /* the list's */
    uint32_t old_mode, new_mode; /* one of git's five, but no directory; 0: it is not there */
    struct oid old, new;
};

struct tree_diff {
    struct tree_change *changes;
    size_t count, room;
    struct texts *paths;
};

/* Compares the trees OLD and NEW; NULL stands for an empty one. What NEW adds or changes is checked
 * as for a checkout (P1, P2, P6, P7). More than WORKTREE_ENTRIES_MAX changes, or paths of more than
 * WORKTREE_PATHS_MAX bytes, are a FAULT_LIMIT (P8). *OUT is to be freed also after a failure. 0 or
 * -1. */
int tree_diff_read(struct odb *odb, const struct oid *old, const struct oid *new,
                   struct tree_diff *out, struct fault *fault);

/* Compares the tree OLD, or an empty one, with INDEX. Paths of which a merge has left several sides
 * are not said to differ. The rest as above. */
int tree_diff_index(struct odb *odb, const struct oid *old, const struct index_list *index,
                    struct tree_diff *out, struct fault *fault);
void tree_diff_free(struct tree_diff *diff); /* zeros are fine */

#endif
