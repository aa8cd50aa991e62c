/* SPDX-License-Identifier: MIT */
#include "system/beside.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

static void *thread_main(void *argument)
{
    struct beside *beside = argument;
    beside->result = beside->run(beside->context);
    return NULL;
}

bool beside_try(struct beside *beside, int (*run)(void *context), void *context)
{
    sigset_t all, before;
    *beside = (struct beside){.run = run, .context = context};
    pthread_t *thread = malloc(sizeof *thread);
    if (thread == NULL)
        return false;
    /* Signals are for the main thread, which looks at them. */
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    bool begun = pthread_create(thread, NULL, thread_main, beside) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (!begun)
        free(thread);
    else
        beside->thread = thread;
    return begun;
}

int beside_end(struct beside *beside)
{
    if (beside->thread) {
        pthread_join(*(pthread_t *)beside->thread, NULL);
        free(beside->thread);
        beside->thread = NULL;
    }
    return beside->result;
}
