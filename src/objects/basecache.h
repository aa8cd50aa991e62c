/* SPDX-License-Identifier: MIT */
/* The objects that deltas were applied to last, by a number that is their owner's, within a budget
 * of bytes: the least recently used one goes first. */
#ifndef SMIDGIT_BASECACHE_H
#define SMIDGIT_BASECACHE_H

#include "objects/buffer.h"
#include "proto/pack.h"

#include <stdbool.h>

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

/* The base NUMBER, held for the caller, and its type in *TYPE; or NULL. */
struct buffer *basecache_get(struct basecache *cache, uint64_t number, enum object_type *type);

/* Whether base NUMBER is kept. */
bool basecache_has(const struct basecache *cache, uint64_t number);

/* Keeps BUFFER (holding it once more) as base NUMBER of TYPE, dropping the least recently used
 * ones; does nothing when it is larger than the budget or there already. */
void basecache_put(struct basecache *cache, uint64_t number, enum object_type type,
                   struct buffer *buffer);

#endif
