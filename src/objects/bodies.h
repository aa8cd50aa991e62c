/* SPDX-License-Identifier: MIT */
/* The bytes of objects out of packs: inflated, or made of a base and deltas (gitformat-pack,
 * "Deltified representation").
 *
 * Nothing here knows where an entry or its base is: whoever has the pack says so (struct entries).
 * What is small is in memory; what is larger than its share of the budget lives in an unlinked
 * scratch file, and a delta to it is applied with pread().
 */
#ifndef SMIDGIT_BODIES_H
#define SMIDGIT_BODIES_H

#include "objects/basecache.h"
#include "objects/whole.h"
#include "proto/inflate.h"
#include "proto/pack.h"
#include "system/file.h"

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
    BODY_PIECE = 64 * 1024, /* bytes of a large object that are handled at a time */
    /* A commit, tree or tag has to be in memory to be read; none in the wild comes close (K10). */
    BODY_LINKED_MAX = 32 * 1024 * 1024,
    /* A delta whose result is over BODY_BOMB_FLOOR may make BODY_BOMB_RATIO bytes for each byte of
     * base and delta: the largest honest ratios are a tenth of it (K7). */
    BODY_BOMB_FLOOR = 16 * 1024 * 1024,
    BODY_BOMB_RATIO = 256,
    /* Bodies in scratch files that are kept: the histories of large files stand in a pack in turns,
     * and of each the last version is a base. Each takes a descriptor. */
    BODY_LARGE_KEPT = 64,
    BODY_LARGE_BYTES = 512 * 1024 * 1024, /* of disk that all of them take, if they are several, */
    BODY_LARGE_SHARE = 8                  /* and at most this part of what is free there */
};

/* Bytes that deltas make: so far, and at most. */
struct body_budget {
    uint64_t used, most;
};

struct large_body {
    struct body body;
    uint64_t number, used;
    enum object_type type; /* OBJECT_NONE: there is none */
};

struct bodies {
    int scratch_dir;        /* where scratch files are made */
    size_t whole_max;       /* bytes of a blob, base or delta that may be in memory */
    size_t linked_max;      /* bytes of a commit, tree or tag */
    struct bufferpool pool; /* of all that is made here */
    struct basecache cache;
    struct large_body large[BODY_LARGE_KEPT]; /* those that are too large for the cache */
    unsigned large_most;                      /* of them, by the descriptors there are */
    uint64_t large_bytes, clock;
    size_t largest;                  /* bytes of the largest body that was made in memory */
    struct body_budget made, remade; /* by bodies_apply(); and again, for bases that were dropped */
    uint64_t *chain;                 /* deltas that are still to be applied */
    size_t chain_room;
    struct inflate *inflate;
    struct whole *whole;   /* or NULL */
    unsigned char *piece;  /* BODY_PIECE bytes */
    struct file_reader in; /* of the entries: many lie beside each other */
    void *room;            /* of the inflater */
    struct fault *fault;
};

/* Up to SLOTS bases of CACHE bytes are kept. SCRATCH_DIR is borrowed. The budgets are unlimited
 * until the caller sets them. Whatever happened, bodies_close() follows; it also takes a struct of
 * zeros. 0 or -1. */
int bodies_open(struct bodies *bodies, int scratch_dir, size_t cache, uint32_t slots,
                struct fault *fault);
void bodies_close(struct bodies *bodies);

/* The most bytes that an object of TYPE may have in memory. */
size_t bodies_max(const struct bodies *bodies, enum object_type type);

/* Inflates the zlib stream of SIZE bytes that IN is at: into memory up to MAX bytes, else into a
 * scratch file. 0 or -1. */
int bodies_inflate(struct bodies *bodies, struct reader *in, uint64_t size, size_t max,
                   struct body *out);

/* Applies DELTA to BASE, which is of TYPE; what it would make is checked first (K7). 0 or -1. */
int bodies_apply(struct bodies *bodies, const struct body *base, const struct body *delta,
                 enum object_type type, struct body *out);

/* Keeps BODY, which is entry NUMBER's, for as long as there is room: deltas to it may follow. */
void bodies_keep(struct bodies *bodies, uint64_t number, enum object_type type,
                 const struct body *body);

/* Whether the body of entry NUMBER is kept. */
bool bodies_has(const struct bodies *bodies, uint64_t number);

/* The size of what DELTA makes, as it says itself. 0 or -1. */
int bodies_delta_size(const struct bodies *bodies, const struct body *delta, uint64_t *out);

/* Where the entries of a pack are, by numbers that are its owner's own. */
struct entries {
    uint64_t count; /* of entries: a chain of more deltas than that goes in circles */

    /* Opens entry NUMBER: its head in *ENTRY, IN is left at its zlib stream. 0 or -1. */
    int (*open)(struct entries *entries, uint64_t number, struct file_reader *in,
                struct pack_entry *entry);

    /* When entry NUMBER is a delta: 1, and its base in *BASE. When it is none: 0, and it is opened
     * as above. -1: a fault. */
    int (*base)(struct entries *entries, uint64_t number, uint64_t *base, struct file_reader *in,
                struct pack_entry *entry);
};

/* The body of entry NUMBER, and its type, however long its chain of deltas. 0 or -1. */
int bodies_build(struct bodies *bodies, struct entries *entries, uint64_t number,
                 enum object_type *type, struct body *out);

#endif
