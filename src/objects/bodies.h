/* SPDX-License-Identifier: MIT */
/* Objects out of a pack that is still arriving: bases are kept in a cache, or read back and
 * rebuilt.
 *
 * What is small is in memory; what is larger than its share of the budget lives in an unlinked
 * scratch file, and a delta to it is applied with pread().
 */
#ifndef SMIDGIT_BODIES_H
#define SMIDGIT_BODIES_H

#include "objects/buffer.h"
#include "objects/whole.h"
#include "proto/inflate.h"
#include "receive/arrivals.h"
#include "receive/spool.h"

/* An object's bytes: whole in memory, or in a scratch file. */
struct body {
    uint64_t size;
    struct buffer *whole; /* held, or NULL */
    int scratch;          /* owned descriptor, when whole is NULL */
};

void body_drop(struct body *body);

/* The SIZE bytes at OFFSET, in OUT. 0 or -1. */
int body_read(const struct body *body, uint64_t offset, unsigned char *out, size_t size,
              struct fault *fault);

enum {
    REBUILD_PIECE = 64 * 1024,
    /* A commit, tree or tag has to be in memory to be read; none in the wild comes close (K10). */
    REBUILD_LINKED_MAX = 32 * 1024 * 1024,
    /* A delta whose result is over BOMB_FLOOR may make BOMB_RATIO bytes for each byte of base and
     * delta: the largest honest ratios are a tenth of it (K7). */
    REBUILD_BOMB_FLOOR = 16 * 1024 * 1024,
    REBUILD_BOMB_RATIO = 256,
    /* Bytes inflated again for dropped bases, as a multiple of those received: a hostile order of
     * deltas must not make it quadratic. With the smallest cache, real packs need less than 2. */
    REBUILD_AGAIN_RATIO = 32
};

struct rebuild {
    int scratch_dir;   /* where scratch files are made */
    struct spool *tap; /* what still writes the pack: flushed before it is read back */
    size_t oid_len;
    size_t whole_max;  /* bytes of a blob, base or delta that may be in memory */
    size_t linked_max; /* bytes of a commit, tree or tag */
    struct arrivals *table;
    struct bufferpool pool; /* of all that is made here */
    struct basecache cache;
    struct inflate *inflate;
    struct whole *whole;      /* or NULL */
    uint64_t received, again; /* inflated bytes: once, and again */
    uint32_t *chain;
    uint32_t chain_room;
    struct body last; /* the last large body, number below */
    uint32_t last_number;
    unsigned char *piece; /* REBUILD_PIECE bytes */
    void *room;           /* of the inflater */
    struct fault *fault;
};

/* Prepares; TABLE, TAP and its file, and SCRATCH_DIR are borrowed. 0 or -1. */
int rebuild_open(struct rebuild *rebuild, struct arrivals *table, struct spool *tap,
                 int scratch_dir, size_t cache, uint32_t cache_slots, struct fault *fault);
void rebuild_close(struct rebuild *rebuild);

/* Inflates the zlib stream of SIZE bytes that IN is at: into memory up to MAX bytes, else into a
 * scratch file. 0 or -1. */
int rebuild_inflate(struct rebuild *rebuild, struct reader *in, uint64_t size, size_t max,
                    struct body *out);

/* Applies DELTA to BASE, which is of TYPE; budgets are checked first. 0 or -1. */
int rebuild_apply(struct rebuild *rebuild, const struct body *base, const struct body *delta,
                  enum object_type type, struct body *out);

/* The body of an arrival that is resolved, however long its chain. 0 or -1. */
int rebuild_body(struct rebuild *rebuild, uint32_t number, struct body *out);

/* Reads the delta of a parked arrival back. 0 or -1. */
int rebuild_delta(struct rebuild *rebuild, uint32_t number, struct body *out);

/* Remembers BODY as NUMBER's, in the cache or as the last large one. */
void rebuild_keep(struct rebuild *rebuild, uint32_t number, const struct body *body);

/* The most bytes that an object of TYPE may have in memory. */
size_t rebuild_max(const struct rebuild *rebuild, enum object_type type);

#endif
