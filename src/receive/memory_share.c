/* SPDX-License-Identifier: MIT */
#include "receive/memory_share.h"

#include "objects/bodies.h"
#include "receive/arrivals.h"

#include <inttypes.h>

enum {
    CACHE_FIRST = 256 * 1024,
    CACHE_MOST = 2 * 1024 * 1024,
    WHOLE_MOST = CACHE_MOST / 2, /* what is in memory can be kept there, too */
    WHOLE_LEAST = 64 * 1024,
    QUEUE_MOST = 1024 * 1024,
    FIXED_COST = 1536 * 1024 /* everything else: program, TLS, buffers */
};

static size_t smaller(uint64_t a, size_t b)
{
    return a < b ? (size_t)a : b;
}

int memory_share(uint64_t memory, size_t oid_len, uint32_t count, struct memory_share *out,
                 struct fault *fault)
{
    *out = (struct memory_share){CACHE_FIRST,     CACHE_MOST, WHOLE_MOST,
                                 BODY_LINKED_MAX, QUEUE_MOST, SIZE_MAX};
    if (memory == 0)
        return 0;
    uint64_t table = arrivals_memory(oid_len, count);
    uint64_t least = table + FIXED_COST + 8 * WHOLE_LEAST;
    if (least > memory)
        return fault_set(fault, FAULT_LIMIT,
                         "a pack of %" PRIu32 " objects needs %" PRIu64
                         " KiB of memory, --mem allows %" PRIu64,
                         count, (least + 1023) / 1024, memory / 1024);
    uint64_t rest = memory - table - FIXED_COST;
    out->cache_most = smaller(rest / 2, SIZE_MAX);
    out->cache_first = smaller(out->cache_most, CACHE_FIRST);
    out->whole = smaller(rest / 8, WHOLE_MOST);
    out->queue = smaller(rest / 8, QUEUE_MOST);
    out->linked = smaller(rest / 8, BODY_LINKED_MAX);
    out->waiting = smaller(rest / 4, SIZE_MAX);
    return 0;
}
