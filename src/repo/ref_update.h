/* SPDX-License-Identifier: MIT */
/* Changing references: all of them or none (git-update-ref; gitrepository-layout). */
#ifndef SMIDGIT_REF_UPDATE_H
#define SMIDGIT_REF_UPDATE_H

#include "proto/fault.h"
#include "proto/oid.h"
#include "repo/repo_lock.h"

#include <stdbool.h>
#include <stddef.h>

struct ref_update {
    const char *name;    /* full, or "HEAD" when that is detached */
    struct oid old, new; /* as it is, as it shall be; len 0: it does not exist */
    const char *message; /* for the reflog; NULL: none is written */
};

struct ref_update_options {
    struct repo_lock *lock; /* of this run */
    const char *who;        /* "Name <address>", for the reflogs */
    size_t oid_len;
    bool sync;
};

/* Makes UPDATES, each name once. Every reference is locked first ("NAME.lock", as git does), and
 * what it is now is compared with OLD: something else, another one's lock, and a name that is the
 * directory of another reference are a FAULT_LOCAL, and nothing has changed. When the machine stops
 * in the middle, each is at its old or at its new value. 0 or -1. */
int ref_update(int git_dir, const struct ref_update *updates, size_t count,
               const struct ref_update_options *options, struct fault *fault);

#endif
