/* SPDX-License-Identifier: MIT */
/* Staging directories of runs that died (repo/staging.h says what is in one).
 *
 * P16: a left-over is "NAME.smidgit-PID-N" exactly, a directory of the caller's with mode 0700,
 * whose marker is an empty file of the caller's with one link and a lock that is free. Killed
 * before the marker was made, it is empty. Anything else stays, and a sentence on stderr says why,
 * unless its run lives. Between hosts that share a file system, locks must be shared too. */
#ifndef SMIDGIT_ABANDONED_H
#define SMIDGIT_ABANDONED_H

#include "proto/fault.h"

#include <stdbool.h>

#define LEFTOVER_MARKER "made-by-smidgit"

enum {
    LEFTOVER_NAME_MAX = 255 - 40 + 1, /* two numbers still fit behind it */
    LEFTOVER_NAMES = 100              /* N is smaller */
};

/* How the name of a staging directory for the target NAME begins: "NAME.smidgit-", a long NAME cut.
 */
void abandoned_name(char out[LEFTOVER_NAME_MAX], const char *name);

/* True when TARGET holds nothing but left-overs for NAME and what they have moved there. */
bool abandoned_only(int target, const char *name);

/* Removes the left-overs for NAME in PARENT; INSIDE says that PARENT is the target itself:
 * half-done moves into it are undone first. */
void abandoned_remove(int parent, const char *name, bool inside);

/* Writes down in STAGE what is about to be moved, and syncs that. 0 or -1. */
int abandoned_record(int stage, struct fault *fault);

/* Moves the recorded entries of STAGE/repo to TARGET: all but LAST, then ONLY that. 0 or -1. */
int abandoned_move(int stage, int target, const char *last, bool only, struct fault *fault);

/* Moves back from TARGET what was moved there, if it is as it was; LIVE: by this very run. 0 or -1.
 */
int abandoned_undo(int stage, int target, bool live, struct fault *fault);

#endif
