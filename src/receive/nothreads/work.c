/* SPDX-License-Identifier: MIT */
/* receive/work.h without threads. */
#include "receive/work.h"

#include <stdlib.h>

struct work {
    struct work_function *function;
};

unsigned work_processors(void)
{
    return 1;
}

struct work *work_open(unsigned threads, size_t bytes, struct work_function *function,
                       struct fault *fault)
{
    struct work *work = malloc(sizeof *work);
    (void)threads;
    (void)bytes;
    if (work == NULL)
        fault_set(fault, FAULT_LIMIT, "no memory for a queue");
    else
        work->function = function;
    return work;
}

void work_push(struct work *work, const struct work_item *item)
{
    work->function->run(work->function, 0, item);
}

void work_drain(struct work *work)
{
    (void)work;
}

void work_lock(struct work *work)
{
    (void)work;
}

void work_unlock(struct work *work)
{
    (void)work;
}

void work_close(struct work *work)
{
    free(work);
}
