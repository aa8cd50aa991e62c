/* SPDX-License-Identifier: MIT */
/* Reference-counted object bytes, and the cache of bases that deltas are applied to. */
#ifndef SMIDGIT_BUFFER_H
#define SMIDGIT_BUFFER_H

#include "fault.h"

#include <stddef.h>
#include <stdint.h>

struct buffer {
    size_t size;            /* bytes */
    _Atomic unsigned users; /* freed when the last one lets go, on whichever thread */
    unsigned char bytes[];
};

/* SIZE bytes, held once by the caller. NULL and FAULT_LIMIT when there is no memory. */
struct buffer *buffer_make(size_t size, struct fault *fault);
struct buffer *buffer_hold(struct buffer *buffer); /* one user more; returns it */
void buffer_drop(struct buffer *buffer);           /* one user less; NULL is fine */

/* Least recently used bases, by a number that is theirs, within a budget of bytes. */
struct basecache_slot;
struct basecache {
    struct basecache_slot *slots; /* a hash table of lists, chained through both */
    uint32_t *heads;
    uint32_t slot_count, used, free, newest, oldest;
    size_t budget, held; /* bytes */
};

/* Room for at most SLOTS bases. 0, or -1 and FAULT_LIMIT. */
int basecache_open(struct basecache *cache, uint32_t slots, size_t budget, struct fault *fault);
void basecache_close(struct basecache *cache);

/* From now on at most BUDGET bytes are kept. */
void basecache_resize(struct basecache *cache, size_t budget);

/* The base NUMBER, held for the caller, or NULL. */
struct buffer *basecache_get(struct basecache *cache, uint64_t number);

/* Keeps BUFFER (holding it once more) as base NUMBER, dropping the least recently used ones; does
 * nothing when it is larger than half of the budget or there already. */
void basecache_put(struct basecache *cache, uint64_t number, struct buffer *buffer);

#endif
