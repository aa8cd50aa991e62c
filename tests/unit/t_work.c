/* SPDX-License-Identifier: MIT */
/* The queue of objects to be named, with threads and without: everything is done once, in order
 * where one does it, and no more waits than may. */
#include "receive/work.h"

#include "t.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>

enum { ITEMS = 2000, BYTES = 1000 };

struct job {
    struct work_function function;
    atomic_uchar times[ITEMS];
    atomic_uint workers;  /* a bit for each that has worked */
    atomic_uint ordered;  /* items that came in order, when one worker does all */
    atomic_ulong waiting; /* bytes pushed and not done */
    struct work *work;
    unsigned shared; /* under the lock */
};

static void run(struct work_function *function, unsigned worker, const struct work_item *item)
{
    struct job *job = (struct job *)function;
    job->times[item->number]++;
    job->workers |= 1u << worker;
    if (job->ordered == item->number)
        job->ordered++;
    if (job->work) {
        work_lock(job->work);
        job->shared++;
        work_unlock(job->work);
    }
    job->waiting -= item->buffer->size;
    buffer_drop(item->buffer);
}

static void all_done(unsigned threads)
{
    static struct job job;
    struct fault fault = {.class = FAULT_NONE};
    unsigned wrong = 0;
    unsigned long most = 0;
    memset(&job, 0, sizeof job);
    job.function.run = run;
    job.work = work_open(threads, BYTES, &job.function, &fault);
    CHECK(job.work != NULL, "%s", fault.text);
    for (uint32_t n = 0; n < ITEMS; n++) {
        struct buffer *buffer = buffer_make(NULL, n % 300, 0, &fault);
        struct work_item item = {buffer, n, n, OBJECT_BLOB};
        job.waiting += buffer->size;
        work_push(job.work, &item);
        unsigned long waiting = job.waiting;
        most = waiting > most ? waiting : most;
        if (n == ITEMS / 2) {
            work_drain(job.work);
            for (uint32_t k = 0; k <= n; k++)
                wrong += job.times[k] != 1;
            CHECK(wrong == 0 && job.waiting == 0, "%u threads: %u are not done", threads, wrong);
        }
    }
    /* What waits, and what each thread and the caller have in hand; a little for the queue itself.
     */
    CHECK(most <= BYTES + 300 * (threads + 2), "%u threads: %lu bytes wait", threads, most);
    work_drain(job.work);
    for (uint32_t n = 0; n < ITEMS; n++)
        wrong += job.times[n] != 1;
    CHECK(wrong == 0, "%u threads: %u were not done once", threads, wrong);
    CHECK(job.shared == ITEMS, "%u threads: %u under the lock", threads, job.shared);
    CHECK((job.workers & ~((4u << threads) - 1)) == 0, "%u threads: workers %x", threads,
          job.workers);
    CHECK(threads > 0 || job.ordered == ITEMS, "not in order");
    work_close(job.work);
}

/* Closing does what is still to be done. */
static void closed_at_once(unsigned threads)
{
    static struct job job;
    struct fault fault = {.class = FAULT_NONE};
    unsigned done = 0;
    memset(&job, 0, sizeof job);
    job.function.run = run;
    struct work *work = work_open(threads, BYTES, &job.function, &fault);
    for (uint32_t n = 0; n < 10; n++) {
        struct work_item item = {buffer_make(NULL, 10, 0, &fault), n, n, OBJECT_BLOB};
        job.waiting += 10;
        work_push(work, &item);
    }
    work_close(work);
    for (uint32_t n = 0; n < 10; n++)
        done += job.times[n];
    CHECK(done == 10, "%u threads: %u of 10", threads, done);
}

/* A job whose only thread does nothing until the one that pushes has done something. */
struct stuck {
    struct work_function function; /* first */
    pthread_mutex_t lock;
    pthread_cond_t helped;
    bool pusher_did;
    uint32_t last[3], disordered, done;
};

static void wait_for_help(struct work_function *function, unsigned worker,
                          const struct work_item *item)
{
    struct stuck *stuck = (struct stuck *)function;
    pthread_mutex_lock(&stuck->lock);
    if (worker > 0) {
        stuck->pusher_did = true;
        pthread_cond_signal(&stuck->helped);
    }
    while (!stuck->pusher_did)
        pthread_cond_wait(&stuck->helped, &stuck->lock);
    stuck->disordered += item->number < stuck->last[worker];
    stuck->last[worker] = item->number;
    stuck->done++;
    pthread_mutex_unlock(&stuck->lock);
    buffer_drop(item->buffer);
}

/* A queue that is full does not keep the one that pushes from working. */
static void pusher_helps(void)
{
    static struct stuck stuck = {.function = {wait_for_help}};
    struct fault fault = {.class = FAULT_NONE};
    pthread_mutex_init(&stuck.lock, NULL);
    pthread_cond_init(&stuck.helped, NULL);
    struct work *work = work_open(1, BYTES, &stuck.function, &fault);
    for (uint32_t n = 0; n < ITEMS; n++) {
        struct work_item item = {buffer_make(NULL, n % 300, 0, &fault), n, n, OBJECT_BLOB};
        work_push(work, &item);
    }
    work_drain(work);
    CHECK(stuck.done == ITEMS, "%u", stuck.done);
    CHECK(stuck.disordered == 0, "%u not in their order", stuck.disordered);
    CHECK(stuck.last[2] > 0, "the one that pushes did nothing");
    work_close(work);
}

int main(void)
{
    CHECK(work_processors() >= 1, "%u", work_processors());
    static const unsigned threads[] = {0, 1, 2, WORK_THREADS_MAX, WORK_THREADS_MAX + 10};
    for (size_t i = 0; i < sizeof threads / sizeof *threads; i++) {
        unsigned count = threads[i] < WORK_THREADS_MAX ? threads[i] : WORK_THREADS_MAX;
        all_done(count);
        closed_at_once(threads[i]);
    }
    pusher_helps();
    work_close(NULL);
    return T_DONE();
}
