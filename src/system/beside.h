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

/* Starts RUN. What both sides use must be meant for that: each has a fault of its own. False:
 * nothing is done, without threads, or where none can be made; and nothing has to be ended. */
bool beside_try(struct beside *beside, int (*run)(void *context), void *context);

/* The same, but what cannot be started is done before this returns. */
static inline void beside_start(struct beside *beside, int (*run)(void *context), void *context)
{
    if (!beside_try(beside, run, context))
        beside->result = run(context);
}

/* Waits for it. What RUN has returned. */
int beside_end(struct beside *beside);

#endif
