/* SPDX-License-Identifier: MIT */
/* receive/work.h with POSIX threads: a ring, one mutex, two conditions. Whoever pushes works, too,
 * when there is no room: nobody waits while there is something to do. It does what it was to push:
 * that is in the processor's cache, and what waits keeps the others busy meanwhile. */
#include "receive/work.h"

#include <limits.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

enum {
    RING = 512, /* items that wait */
    WAKE =
        32, /* items that are worth waking a thread for: it costs as much as naming a small one */
    /* Bytes of a stack. The C library's 8 MiB would count against an address-space limit; what a
     * thread needs adds up to less than 20 KiB (gcc -fstack-usage). */
    STACK = 128 * 1024
};

struct worker {
    struct work *work;
    pthread_t thread;
    unsigned number;
};

struct work {
    struct work_function *function;
    size_t bytes_max, bytes; /* waiting */
    struct work_item ring[RING];
    unsigned first, count, busy; /* busy: items being done */
    bool stop;
    pthread_mutex_t queue, shared; /* queue guards all of the above */
    pthread_cond_t some, idle;
    unsigned threads, pusher; /* who is running; the first number of whoever pushes */
    struct worker workers[WORK_THREADS_MAX];
};

unsigned work_processors(void)
{
    long count = sysconf(_SC_NPROCESSORS_ONLN);
    return count < 1 ? 1 : (unsigned)count;
}

/* An item larger than the limit goes through alone. */
static bool full(const struct work *work, size_t size)
{
    return work->count == RING || (work->count > 0 && work->bytes + size > work->bytes_max);
}

/* Does the first item that waits, as WORKER. The lock is held before and after. */
static void do_first(struct work *work, unsigned worker)
{
    struct work_item item = work->ring[work->first];
    work->first = (work->first + 1) % RING;
    work->count--;
    work->bytes -= item.buffer->room;
    work->busy++;
    pthread_mutex_unlock(&work->queue);
    work->function->run(work->function, worker, &item);
    pthread_mutex_lock(&work->queue);
    work->busy--;
    if (work->count == 0 && work->busy == 0)
        pthread_cond_signal(&work->idle);
}

static void *serve(void *argument)
{
    struct worker *worker = argument;
    struct work *work = worker->work;
    pthread_mutex_lock(&work->queue);
    for (;;) {
        while (work->count == 0 && !work->stop)
            pthread_cond_wait(&work->some, &work->queue);
        if (work->count == 0)
            break;
        do_first(work, worker->number);
    }
    pthread_mutex_unlock(&work->queue);
    return NULL;
}

/* Fewer threads than asked for will do. */
static void start_workers(struct work *work, unsigned threads)
{
    pthread_attr_t attributes;
    if (pthread_attr_init(&attributes) != 0)
        return;
    pthread_attr_setstacksize(&attributes, STACK < PTHREAD_STACK_MIN ? PTHREAD_STACK_MIN : STACK);
    for (; work->threads < threads && work->threads < WORK_THREADS_MAX; work->threads++) {
        struct worker *worker = &work->workers[work->threads];
        *worker = (struct worker){.work = work, .number = work->threads};
        if (pthread_create(&worker->thread, &attributes, serve, worker) != 0)
            break;
    }
    pthread_attr_destroy(&attributes);
}

struct work *work_open(unsigned threads, size_t bytes, struct work_function *function,
                       struct fault *fault)
{
    struct work *work = calloc(1, sizeof *work);
    if (work == NULL) {
        fault_set(fault, FAULT_LIMIT, "no memory for a queue");
        return NULL;
    }
    work->function = function;
    work->bytes_max = bytes;
    work->pusher = threads < WORK_THREADS_MAX ? threads : WORK_THREADS_MAX;
    pthread_mutex_init(&work->queue, NULL);
    pthread_mutex_init(&work->shared, NULL);
    pthread_cond_init(&work->some, NULL);
    pthread_cond_init(&work->idle, NULL);
    start_workers(work, threads);
    return work;
}

void work_push(struct work *work, const struct work_item *item)
{
    if (work->threads == 0) {
        work->function->run(work->function, work->pusher, item);
        return;
    }
    pthread_mutex_lock(&work->queue);
    if (full(work, item->buffer->room)) {
        pthread_cond_broadcast(&work->some);
        pthread_mutex_unlock(&work->queue);
        work->function->run(work->function, work->pusher + 1, item);
        return;
    }
    work->ring[(work->first + work->count++) % RING] = *item;
    work->bytes += item->buffer->room;
    if (work->count >= WAKE || work->bytes > work->bytes_max / 4)
        pthread_cond_signal(&work->some);
    pthread_mutex_unlock(&work->queue);
}

void work_drain(struct work *work)
{
    pthread_mutex_lock(&work->queue);
    pthread_cond_broadcast(&work->some);
    while (work->count > 0)
        do_first(work, work->pusher);
    while (work->busy > 0)
        pthread_cond_wait(&work->idle, &work->queue);
    pthread_mutex_unlock(&work->queue);
}

void work_lock(struct work *work)
{
    pthread_mutex_lock(&work->shared);
}

void work_unlock(struct work *work)
{
    pthread_mutex_unlock(&work->shared);
}

void work_close(struct work *work)
{
    if (work == NULL)
        return;
    pthread_mutex_lock(&work->queue);
    work->stop = true;
    pthread_cond_broadcast(&work->some);
    pthread_mutex_unlock(&work->queue);
    for (unsigned i = 0; i < work->threads; i++)
        pthread_join(work->workers[i].thread, NULL);
    pthread_mutex_destroy(&work->queue);
    pthread_mutex_destroy(&work->shared);
    pthread_cond_destroy(&work->some);
    pthread_cond_destroy(&work->idle);
    free(work);
}
