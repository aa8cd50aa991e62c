/* SPDX-License-Identifier: MIT */
/* The working tree and the index from one tree to another, with nothing lost that somebody has
 * changed (git-checkout; git-read-tree, "Two Tree Merge").
 *
 * Only what differs between the two trees, or by force from the new one, is looked at and written.
 * All conflicts are found before the first file is touched. */
#ifndef SMIDGIT_UPDATE_H
#define SMIDGIT_UPDATE_H

#include "objects/odb.h"
#include "worktree/index_lock.h"
#include "worktree/pathset.h"
#include "worktree/update_conflicts.h"

struct update_options {
    struct odb *odb;
    int git_dir;             /* where the index is */
    struct index_lock *lock; /* held since before the index was read */
    struct file_options files;
    const struct oid *old, *new; /* trees; NULL: an empty one */
    struct pathset *paths;       /* by force: only these, and nothing is removed; or NULL */
    bool from_index;             /* by force, with paths: what the index has, not NEW */
    bool take_all;               /* as if all paths were named */
    bool force;                  /* whatever is there: what NEW has is written, what it has not is
                                    removed if the index has it */
    bool progress, no_sync;
};

/* Brings LIST, the index, and the files up to NEW, and writes the index. 0; 1: nothing was touched,
 * *CONFLICTS says why; -1. A run that was killed is finished by another one: what it has written is
 * recognised by its content. */
int update_work_tree(const struct update_options *options, struct index_list *list,
                     struct update_conflicts *conflicts, struct fault *fault);

#endif
