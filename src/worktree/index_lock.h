/* SPDX-License-Identifier: MIT */
/* git's lock on the index, index.lock, held from before the index is read until it is written, with
 * the files in between: nobody else changes either meanwhile (gitformat-index; git's lockfile). */
#ifndef SMIDGIT_INDEX_LOCK_H
#define SMIDGIT_INDEX_LOCK_H

#include "worktree/index_list.h"

struct index_lock {
    int git_dir; /* borrowed */
    int fd;      /* of the lock; -1: not held */
};

/* Takes the lock. One that a run of this program has left, which is dead, is taken over: it says
 * whose it is, and nobody holds it. Any other that is there is a FAULT_LOCAL. 0 or -1. */
int index_lock_take(struct index_lock *lock, int git_dir, struct fault *fault);

/* Writes LIST as the index; the lock stays. 0 or -1. */
int index_lock_write(struct index_lock *lock, const struct file_options *options,
                     struct index_list *list, bool sync, struct fault *fault);

/* Gives the lock back, if it is held. */
void index_lock_release(struct index_lock *lock);

#endif
