/* SPDX-License-Identifier: MIT */
/* What of a working tree can be cleaned away (git-clean). */
#ifndef SMIDGIT_CLEANUP_H
#define SMIDGIT_CLEANUP_H

#include "client/workspace.h"
#include "worktree/pathset.h"

struct cleanup_options {
    bool directories; /* those that hold nothing that stays, too */
    bool ignored;     /* what is ignored, too */
    bool only_ignored;
    struct pathset *paths; /* only these, or what is in them; NULL: all */
    const char *here;      /* a directory that stays, with a slash; or "" */
};

struct cleanup_path {
    const char *path; /* directories end in a slash */
    bool repository;  /* it stays, and so do the directories above it */
};

struct cleanup {
    struct cleanup_path *paths; /* sorted */
    size_t count, room;
    struct texts *texts;
};

/* Finds out; the index was read before. *OUT is to be freed also after a failure. 0 or -1. */
int cleanup_read(struct workspace *workspace, const struct cleanup_options *options,
                 struct cleanup *out);
void cleanup_free(struct cleanup *cleanup);

#endif
