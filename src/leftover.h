/* SPDX-License-Identifier: MIT */
/* Staging directories of runs that died (repo.h says what is in one). */
#ifndef SMIDGIT_LEFTOVER_H
#define SMIDGIT_LEFTOVER_H

#include "fault.h"

#include <stdbool.h>

enum { LEFTOVER_NAME_MAX = 255 - 40 + 1 }; /* two numbers still fit behind it */

/* How the name of a staging directory for the target NAME begins: "NAME.smidgit-", a long NAME cut.
 */
void leftover_name(char out[LEFTOVER_NAME_MAX], const char *name);

/* Removes the staging directories "NAME.smidgit-*" in PARENT whose run is dead; INSIDE says that
 * PARENT is the target itself: half-done moves into it are undone first. 0 or -1. */
int leftover_remove(int parent, const char *name, bool inside, struct fault *fault);

/* Writes down in STAGE which names are about to be moved, and syncs that. 0 or -1. */
int leftover_record(int stage, struct fault *fault);

/* Moves the recorded entries of STAGE/repo to TARGET: all but LAST, then ONLY that. 0 or -1. */
int leftover_move(int stage, int target, const char *last, bool only, struct fault *fault);

/* Removes from TARGET what was moved there. 0 or -1. */
int leftover_undo(int stage, int target, struct fault *fault);

#endif
