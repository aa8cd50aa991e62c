/* SPDX-License-Identifier: MIT */
/* One thing done on another thread, while this one goes on. */
#ifndef SMIDGIT_BESIDE_H
#define SMIDGIT_BESIDE_H

#include <stdbool.h>

struct beside {
    int (*run)(void *context);
    void *context;
    void *thread; /* NULL: it was done at once */
    int result;
};

/* Whether this build has threads. */
bool beside_is_there(void);

/* Starts RUN; without threads, or where none can be made, it is done before this returns. What both
 * sides use must be meant for that: each has a fault of its own. */
void beside_start(struct beside *beside, int (*run)(void *context), void *context);

/* Waits for it. What RUN has returned. */
int beside_end(struct beside *beside);

#endif
