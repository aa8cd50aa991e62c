/* SPDX-License-Identifier: MIT */
/* Staging directories of runs that died (repo/staging.h says what is in one).
 *
 * What such a run has left (P16) is a directory named "NAME.smidgit-PID-N", exactly, which belongs
 * to the caller and has mode 0700. In it is a marker: an empty file of the caller's with one link,
 * whose lock is free. If the run was killed before it made the marker, the directory is empty.
 * Anything else is not removed, and a sentence on stderr says why; only when its run still lives
 * nothing is said. Hosts that share a file system must share its locks too. */
#ifndef SMIDGIT_ABANDONED_H
#define SMIDGIT_ABANDONED_H

#include "proto/fault.h"

#include <stdbool.h>

#define LEFTOVER_MARKER "made-by-smidgit"

enum {
    LEFTOVER_NAME_MAX = 255 - 40 + 1, /* of "NAME.smidgit-" and a NUL: two numbers fit behind */
    LEFTOVER_NAMES = 100              /* N is smaller than that */
};

/* Writes "NAME.smidgit-", with which the names of staging directories for the target NAME begin. A
 * long NAME is cut. */
void abandoned_name(char out[LEFTOVER_NAME_MAX], const char *name);

/* True when TARGET holds nothing but left-overs for NAME and what they have moved there; WAITING:
 * nothing but those that wait for a run (kept_waits()). */
bool abandoned_only(int target, const char *name, bool waiting);

/* Removes the left-overs for NAME in PARENT; unless ALL, those stay that wait for a run. INSIDE:
 * PARENT is the target itself, and what they have moved into it is moved back first. */
void abandoned_remove(int parent, const char *name, bool inside, bool all);

/* Moves the first left-over for NAME in PARENT that FITS, which is shown its open directory, into
 * the directory INTO, as "kept"; ALONE: removes the others, but for OWN, the caller's. Whether
 * there was one. */
bool abandoned_take(int parent, const char *name, const char *own, bool alone, int into,
                    bool (*fits)(void *context, int stage), void *context);

/* Records in STAGE, as the file "moved", what is about to be moved; and syncs it. 0 or -1. */
int abandoned_record(int stage, struct fault *fault);

/* Publishing, first step: moves the recorded entries of STAGE/repo to TARGET, but for the one named
 * LAST. 0 or -1. */
int abandoned_move_others(int stage, int target, const char *last, struct fault *fault);

/* Second step: moves LAST, which makes a repository of TARGET. 0 or -1. */
int abandoned_move_last(int stage, int target, const char *last, struct fault *fault);

/* Moves back from TARGET what was moved there, if nobody has changed it since. LIVE: it was moved
 * by this run, not by one that died. 0 or -1. */
int abandoned_undo(int stage, int target, bool live, struct fault *fault);

#endif
