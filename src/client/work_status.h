/* SPDX-License-Identifier: MIT */
/* What differs: index and last commit, files and index, and what is in neither (git-status). */
#ifndef SMIDGIT_WORK_STATUS_H
#define SMIDGIT_WORK_STATUS_H

#include "client/workspace.h"
#include "proto/refs.h"
#include "worktree/untracked.h"

struct status_entry {
    const char *path; /* the index's, or the tree's */
    char staged;      /* index against the last commit: ' ', M, A, D, T; of a merge: U and so on */
    char unstaged;    /* file against index: ' ', M, D, T, A (only its name was added) */
};

struct work_status {
    struct status_entry *entries; /* sorted by path */
    size_t count, room;
    struct texts *texts;
    struct untracked untracked, ignored;
    bool refreshed; /* stat data of the index were brought up to date */
};

struct work_status_options {
    bool untracked, all; /* list them; every file of untracked directories */
    bool ignored;        /* and what is ignored */
};

/* Compares. The index was read before; its entries are brought up to date in memory. *OUT is to be
 * freed also after a failure. 0 or -1. */
int work_status_read(struct workspace *workspace, const struct work_status_options *options,
                     struct work_status *out);
void work_status_free(struct work_status *status);

/* Opens IGNORE with the user's rules and the repository's. 0 or -1. */
int work_status_ignore(struct workspace *workspace, struct ignore *ignore);

/* How many commits LEFT has that RIGHT has not, and the reverse. 0 or -1. */
int work_status_ahead(struct workspace *workspace, const struct oid *left, const struct oid *right,
                      size_t *ahead, size_t *behind);

/* What a branch follows. */
struct upstream {
    char name[REFS_NAME_MAX]; /* "refs/remotes/origin/main" */
    bool gone;                /* there is no such reference */
    size_t ahead, behind;     /* commits that only the branch has, or the other one */
};

/* What BRANCH ("refs/heads/main"), which is at OID (len 0: it does not exist), follows, and how far
 * both went apart. 1; 0: nothing is set up; -1. */
int work_status_follow(struct workspace *workspace, const char *branch, const struct oid *oid,
                       struct upstream *out);

/* "ahead 1, behind 2", "gone" or "", in OUT, which is returned. */
enum { UPSTREAM_APART = 64 };
const char *work_status_apart(const struct upstream *upstream, char out[UPSTREAM_APART]);

#endif
