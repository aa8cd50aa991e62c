/* SPDX-License-Identifier: MIT */
/* The files of a working tree that the index does not have (git-status, --untracked-files). */
#ifndef SMIDGIT_UNTRACKED_H
#define SMIDGIT_UNTRACKED_H

#include "worktree/ignore.h"
#include "worktree/index_list.h"

struct untracked_options {
    int work_dir;
    const struct index_list *index;
    struct ignore *ignore; /* with the user's rules and the repository's; those of directories are
                              added and forgotten on the way */
    bool all;              /* every file; else a directory stands for all that is in it, "dir/" */
    bool ignored;          /* those that are ignored, and not the others */
};

struct untracked {
    const char **paths; /* sorted; directories end in a slash */
    size_t count, room;
    struct texts *texts;
};

/* Lists them. A directory with a repository of its own is one path. *OUT is to be freed also after
 * a failure. 0 or -1. */
int untracked_read(const struct untracked_options *options, struct untracked *out,
                   struct fault *fault);
void untracked_free(struct untracked *untracked);

#endif
