/* SPDX-License-Identifier: MIT */
/* A bounded queue of objects to be named, and the threads that take from it.
 *
 * Two files implement it: receive/work.c, and receive/nothreads/work.c for a build without threads,
 * where what is pushed is done at once.
 */
#ifndef SMIDGIT_WORK_H
#define SMIDGIT_WORK_H

#include "objects/buffer.h"
#include "proto/pack.h"

struct work_item {
    struct buffer *buffer; /* held for whoever does the work */
    uint64_t offset;       /* of the entry in the pack */
    uint32_t number;       /* of the arrival */
    enum object_type type;
};

enum { WORK_THREADS_MAX = 16 }; /* more hash threads than this wait for the one that inflates */

struct work;

/* Does ITEM; WORKER says who it is, from 0: after the numbers of the threads that were asked for
 * come two of whoever pushes, the first for what waited, and the second for what found no room.
 * (Without threads it has the first alone.) Each has its items in the order in which they were
 * pushed. Must drop the item's buffer. */
struct work_function {
    void (*run)(struct work_function *, unsigned worker, const struct work_item *item);
};

/* The processors of this machine; 1 in a build without threads. */
unsigned work_processors(void);

/* Starts up to THREADS threads (0: all is done by work_push() itself). At most BYTES wait in the
 * queue. NULL and FAULT_LIMIT when there is no memory; fewer threads than asked for are no fault.
 */
struct work *work_open(unsigned threads, size_t bytes, struct work_function *function,
                       struct fault *fault);

/* Hands ITEM over, with its hold on the buffer; does it itself when the queue is full. */
void work_push(struct work *work, const struct work_item *item);

/* Does what waits, and returns when everything pushed is done. */
void work_drain(struct work *work);

/* One lock for whatever the function shares with others. */
void work_lock(struct work *work);
void work_unlock(struct work *work);

void work_close(struct work *work); /* drains; NULL is fine */

#endif
