/* SPDX-License-Identifier: MIT */
/* Making branches (git-branch). */
#ifndef SMIDGIT_BRANCHES_H
#define SMIDGIT_BRANCHES_H

#include "client/workspace.h"
#include "proto/refs.h"

struct new_branch {
    char full[REFS_NAME_MAX + 16]; /* "refs/heads/NAME" */
    const char *start;             /* what it was said to begin at; NULL: where HEAD is */
    struct oid commit;             /* len 0: there is no commit yet */
    bool again;                    /* there is one of that name */
};

/* The branch NAME; NULL: there is none. */
const struct local_ref *branches_find(const struct workspace *workspace, const char *name);

/* Refuses what would move the branch FULL below another of the repository's working trees
 * (git-worktree). 0 or -1. */
int branches_elsewhere(const struct workspace *workspace, const char *full);

/* What the branch NAME at START (or NULL) is to be. FAULT_USAGE when the name is none; FAULT_LOCAL
 * when there is one, unless AGAIN. 0 or -1. */
int branches_plan(struct workspace *workspace, const char *name, const char *start, bool again,
                  struct new_branch *out);

/* Makes it; FROM is for the reflog. One that starts at a remote-tracking branch follows that, which
 * is said on stdout unless workspace->quiet. 0 or -1. */
int branches_make(struct workspace *workspace, const struct new_branch *branch, const char *from);

#endif
