/* SPDX-License-Identifier: MIT */
/* Files that come, are replaced and go in a working tree that somebody works in: whole or not at
 * all, through no link. */
#ifndef SMIDGIT_WORK_CHANGE_H
#define SMIDGIT_WORK_CHANGE_H

#include "worktree/work_file.h"

#include <sys/stat.h>

struct work_change {
    struct work_file work;
    int git_dir;      /* where a file is made before it gets its name, unless it is on another file
                         system */
    bool force;       /* what has the place of a file, or of a directory above it, goes */
    struct stat here; /* the current directory, which stays when it gets empty */
};

/* Makes the file of ENTRY, over one that is there, and sets its stat fields. 0 or -1. */
int work_change_write(struct work_change *change, struct index_entry *entry);

/* Removes the file PATH and the directories above it that are empty then. What is not there is
 * fine. 0 or -1. */
int work_change_remove(struct work_change *change, const char *path);

#endif
