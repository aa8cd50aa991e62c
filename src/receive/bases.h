/* SPDX-License-Identifier: MIT */
/* The bases of deltas in a pack that is still arriving: kept, or read back from the .pack and built
 * again. */
#ifndef SMIDGIT_BASES_H
#define SMIDGIT_BASES_H

#include "objects/bodies.h"
#include "receive/arrivals.h"
#include "receive/spool.h"

struct bases {
    struct entries entries; /* numbered as they arrived */
    struct bodies bodies;
    struct arrivals *table;
    struct spool *spool;      /* what still writes the pack: flushed before it is read back */
    uint64_t received, again; /* inflated bytes: once, and again */
};

enum {
    /* Bytes inflated again for dropped bases, as a multiple of those received: a hostile order of
     * deltas must not make it quadratic. With the smallest cache, real packs need less than 2. */
    BASES_AGAIN_RATIO = 32,
    /* Bytes that are made again at once for a base that was dropped. A delta that needs more waits
     * until the pack has come: then it is its base's turn once, for all of its deltas. */
    BASES_FAR = 16 * 1024 * 1024
};

/* TABLE, SPOOL and its file, and SCRATCH_DIR are borrowed; the rest is as for bodies_open().
 * Whatever happened, bodies_close() of bases->bodies follows. 0 or -1. */
int bases_open(struct bases *bases, struct arrivals *table, struct spool *spool, int scratch_dir,
               size_t cache, uint32_t cache_slots, struct fault *fault);

/* The body of an arrival that is resolved, however long its chain. 0 or -1. */
int bases_body(struct bases *bases, uint32_t number, struct body *out);

/* Whether more than BASES_FAR would have to be made again before DELTA can be applied to the
 * arrival NUMBER, which is resolved. 1, 0 or -1. */
int bases_far(const struct bases *bases, uint32_t number, const struct body *delta);

/* Reads the delta of an arrival that waits for its base back. 0 or -1. */
int bases_delta(struct bases *bases, uint32_t number, struct body *out);

/* Two arrivals have one name: a FAULT_PROTOCOL unless their bytes are the same too (R12), and
 * neither is a delta: by its base's name a reader of the pack could come back to it (K4). 0 or -1.
 */
int bases_compare_twins(struct bases *bases, uint32_t a, uint32_t b);

#endif
