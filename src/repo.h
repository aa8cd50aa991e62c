/* SPDX-License-Identifier: MIT */
/* Creating a repository, and publishing it whole (DESIGN: "Publishing"). */
#ifndef SMIDGIT_REPO_H
#define SMIDGIT_REPO_H

#include "fault.h"

#include <stdbool.h>

/* A clone under way. Everything is made in a staging directory beside the target, or inside it
 * where the target exists already (empty directory, ".", mount point, link to one):
 *
 *   new target:       DIR.smidgit-PID-XXXXXX/ , renamed to DIR
 *   existing target:  DIR/.git.smidgit-PID-XXXXXX/ ; files put in place; its .git renamed last
 *
 * A staging directory holds a file "lock" under flock(): one whose lock is free belongs to a run
 * that died, and is removed by the next run that wants the same target. */
struct repo_stage {
    int git_dir;       /* descriptor: what becomes .git (or the bare repository) */
    int work_dir;      /* descriptor: where files go; -1 when bare */
    char target[4096]; /* as the user named it */
    void *private;
};

/* Prepares staging for TARGET. P14: a target that exists and is not an empty directory is a
 * FAULT_LOCAL: "destination path 'x' already exists and is not an empty directory." 0 or -1. */
int repo_stage_open(struct repo_stage *stage, const char *target, bool bare, struct fault *fault);

/* Writes the skeleton: HEAD comes from refdb; description, info/exclude, objects/{info,pack},
 * refs/{heads,tags}, hooks/ as git makes them (no hook is ever installed). 0 or -1. */
int repo_stage_skeleton(struct repo_stage *stage, struct fault *fault);

/* SYNC: syncfs, then publish by rename, then fsync of the parent. After success the target is
 * whole; on failure everything new is removed and the target is as before. 0 or -1. */
int repo_stage_publish(struct repo_stage *stage, bool sync, struct fault *fault);

/* Removes what is staged. Fine after publish. */
void repo_stage_close(struct repo_stage *stage);

#endif
