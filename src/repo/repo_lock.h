/* SPDX-License-Identifier: MIT */
/* git's locks ("NAME.lock") on the files of a repository, in a way that shows whose they are.
 *
 * Each lock is a second name of one file of this run, GIT_DIR/smidgit-lock.PID, which is held by
 * fcntl() while the run lives: made in one step, told from git's by what it says, and from a living
 * run's by whether anybody holds it. So what a killed run leaves is taken over by the next one.
 * What a file is to hold is written beside it and renamed to it; then the lock goes. */
#ifndef SMIDGIT_REPO_LOCK_H
#define SMIDGIT_REPO_LOCK_H

#include "proto/fault.h"

#include <stdbool.h>
#include <stddef.h>

struct repo_lock {
    int git_dir; /* borrowed */
    int fd;      /* of the run's own file; -1: nothing was locked yet */
};

void repo_lock_open(struct repo_lock *lock, int git_dir);
void repo_lock_close(struct repo_lock *lock);

/* Takes the lock of PATH below DIR. One that a killed run has left is taken over; any other is
 * waited for, a third of a second, and is a FAULT_LOCAL then. 0 or -1. */
int repo_lock_take(struct repo_lock *lock, int dir, const char *path, struct fault *fault);

/* Gives it back. */
void repo_lock_drop(struct repo_lock *lock, int dir, const char *path);

/* Opens the file that is to take a locked file's place, the NUMBERth of this run, for writing. Its
 * descriptor or -1. */
int repo_lock_new(struct repo_lock *lock, unsigned number, struct fault *fault);

/* Removes it. */
void repo_lock_forget(struct repo_lock *lock, unsigned number);

/* Renames it to PATH below DIR. 0 or -1. */
int repo_lock_put(struct repo_lock *lock, unsigned number, int dir, const char *path,
                  struct fault *fault);

/* Writes BYTES[0..SIZE) to PATH, by a rename, without a lock: what git does not lock. 0 or -1. */
int repo_lock_replace(struct repo_lock *lock, int dir, const char *path, const void *bytes,
                      size_t size, bool sync, struct fault *fault);

/* The same, with the lock taken before and given back after. 0 or -1. */
int repo_lock_write(struct repo_lock *lock, int dir, const char *path, const void *bytes,
                    size_t size, bool sync, struct fault *fault);

#endif
