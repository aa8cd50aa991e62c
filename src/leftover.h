/* SPDX-License-Identifier: MIT */
/* Staging directories of runs that died (repo.h says what is in one). */
#ifndef SMIDGIT_LEFTOVER_H
#define SMIDGIT_LEFTOVER_H

#include "fault.h"

#include <stdbool.h>

/* Removes the staging directories "NAME.smidgit-*" in PARENT whose run is dead; INSIDE says that
 * PARENT is the target itself: half-done moves into it are undone first. 0 or -1. */
int leftover_remove(int parent, const char *name, bool inside, struct fault *fault);

/* Writes down in STAGE which names are about to be moved, and syncs that. 0 or -1. */
int leftover_record(int stage, struct fault *fault);

/* Moves the entries of STAGE/repo to TARGET, LAST at the end. 0 or -1. */
int leftover_move(int stage, int target, const char *last, struct fault *fault);

/* Removes from TARGET what was moved there. 0 or -1. */
int leftover_undo(int stage, int target, struct fault *fault);

#endif
