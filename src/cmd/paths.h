/* SPDX-License-Identifier: MIT */
/* Paths of a command line, relative to the current directory, as paths of the working tree. */
#ifndef SMIDGIT_PATHS_H
#define SMIDGIT_PATHS_H

#include "repo/repository.h"
#include "worktree/pathset.h"

struct paths {
    struct pathset set;
    struct texts *texts;
    bool all; /* one of them is the whole working tree */
};

/* Takes COUNT paths; "." and ".." are resolved; what can be but a directory ends in a slash. One
 * outside of the working tree is a FAULT_USAGE. paths_close() follows, whatever happened. 0 or -1.
 */
int paths_open(struct paths *paths, const struct repository *repository, int count,
               char *const *arguments, struct fault *fault);
void paths_close(struct paths *paths);

/* The paths; NULL when all of the working tree is meant. */
struct pathset *paths_set(struct paths *paths);

#endif
