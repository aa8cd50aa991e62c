/* SPDX-License-Identifier: MIT */
/* Another program that is asked something: it reads what it is to know, and answers on its standard
 * output. */
#ifndef SMIDGIT_CHILD_H
#define SMIDGIT_CHILD_H

#include "proto/stream.h"

struct child {
    const char *const *argv; /* the first one is looked for in PATH */
    const char *input;       /* for its standard input; NULL: it has that of this program */
    size_t size;             /* bytes of it */
    struct writer *output;   /* what it writes goes there; NULL: nowhere */
    int wait_ms;             /* as long as it may take; -1: as it likes */
};

/* Runs CHILD to its end: *CODE is its exit code, or 128 and the signal that ended it. One that
 * takes too long, or that is running when this program is interrupted, is killed. What it does not
 * read is lost. 0; -1: FAULT_LOCAL (it cannot be run), FAULT_LIMIT (it takes too long),
 * FAULT_INTERRUPTED, or what OUTPUT says. */
int child_run(const struct child *child, int *code, struct fault *fault);

#endif
