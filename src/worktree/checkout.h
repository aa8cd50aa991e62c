/* SPDX-License-Identifier: MIT */
/* Tree to files, safely (P1-P9): by directory descriptors, no link followed, symlinks last. */
#ifndef SMIDGIT_CHECKOUT_H
#define SMIDGIT_CHECKOUT_H

#include "objects/odb.h"
#include "proto/fault.h"
#include "proto/hash.h"
#include "system/progress.h"
#include "worktree/pathset.h"

enum {
    WORKTREE_ENTRIES_MAX = 2000000, /* files of one checkout (P8); each takes some 130 bytes */
    WORKTREE_PATHS_MAX = 512 << 20, /* bytes of their paths: Linux's 80,000 have 3 MB */
    WORKTREE_TREES_MAX = 64 << 20   /* bytes of the trees between the root and one file */
};

struct checkout_options {
    struct odb *odb;
    const struct hash_ops *hash;
    int git_dir; /* .git/index goes there; -1: none (export) */
    int work_dir;
    bool no_symlinks;      /* of the file system: plain files with their targets stand for them */
    bool progress;         /* show "Updating files" when it takes longer than a second */
    struct pathset *paths; /* only these; NULL: all */
    size_t entries_max;    /* 0: WORKTREE_ENTRIES_MAX */
    unsigned threads;      /* that write, at most: two have enough to do */
    size_t memory;         /* bytes that the list of files may take; 0: what its limits come to */
};

/* Writes the files of TREE into work_dir, which is empty, and the index. Before the first file is
 * written, all of the tree is checked, and whether the disk has room for it. 0; 1: plain files
 * stand for symlinks; or -1. */
int checkout_tree(const struct checkout_options *options, const struct oid *tree,
                  struct fault *fault);

#endif
