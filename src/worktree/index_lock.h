/* SPDX-License-Identifier: MIT */
/* git's lock on the index, index.lock, held from before the index is read until it is written, with
 * the files in between: nobody else changes either meanwhile (gitformat-index; git's lockfile). */
#ifndef SMIDGIT_INDEX_LOCK_H
#define SMIDGIT_INDEX_LOCK_H

#include "repo/repo_lock.h"
#include "worktree/index_list.h"

struct index_lock {
    struct repo_lock *lock; /* borrowed, as the descriptor */
    int git_dir;
    bool held;
};

/* Takes the lock. 0 or -1. */
int index_lock_take(struct index_lock *index, struct repo_lock *lock, int git_dir,
                    struct fault *fault);

/* Writes LIST with CHANGES as the index, with the trees that ODB has; the lock stays. 0 or -1. */
int index_lock_write(struct index_lock *index, struct index_list *list,
                     const struct index_change *changes, size_t count,
                     const struct file_options *files, struct odb *odb, bool sync,
                     struct fault *fault);

/* Gives the lock back, if it is held. */
void index_lock_release(struct index_lock *index);

#endif
