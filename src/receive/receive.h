/* SPDX-License-Identifier: MIT */
/* The one-pass pipeline: pack stream in, .pack and .idx out (DESIGN: "Index while receiving"). */
#ifndef SMIDGIT_RECEIVE_H
#define SMIDGIT_RECEIVE_H

#include "proto/hash.h"
#include "proto/stream.h"

#include <stdbool.h>

struct odb;

/* What a pack may stand for (K7): RECEIVE_UNPACKED bytes and RECEIVE_UNPACKED_RATIO for each byte
 * received. A commit to a CSV file of 4 MB costs 420 bytes, a ratio of 10,000. */
#define RECEIVE_UNPACKED ((uint64_t)1 << 30)
enum { RECEIVE_UNPACKED_RATIO = 65536 };

/* What a pack lacks that broke off, or that never had all. */
struct receive_rest {
    bool filtered; /* it was asked for without what its trees link to: not all has to be there */
    uint32_t
        announced; /* of the first pack, and by that all that can ever be missing; 0: not yet */
    bool broken;   /* it broke off; what had come of it is a pack of its own */
    struct fault why;
    struct oid *oids;    /* linked to or asked for, and not there: the caller frees them */
    size_t count, blobs; /* how many; the last BLOBS of them are blobs */
};

struct receive_options {
    int git_dir; /* the pack goes to its objects/pack */
    const struct hash_ops *hash;
    uint64_t memory;           /* --mem: bytes in all, table included; 0: small and growing */
    struct odb *base;          /* thin packs: where bases may be; or NULL */
    const struct oid *shallow; /* commits whose parents are not there */
    size_t shallow_count;
    bool sync;
    uint64_t unpacked_max;     /* bytes that deltas may make; 0: RECEIVE_UNPACKED and so on */
    unsigned threads;          /* 1: none beside the caller's; 0: one a processor */
    bool progress;             /* show "Receiving objects" */
    struct receive_rest *rest; /* the pack may break off; or NULL */
};

struct receive_result {
    uint32_t objects;    /* 0: an empty pack; no file is kept */
    uint64_t bytes;      /* of the pack */
    uint64_t reinflated; /* bytes inflated again for dropped bases, */
    uint64_t remade;     /* and made again by deltas */
    struct oid pack_hash;
};

/* Reads the pack from IN to its trailer (what follows is the caller's to judge), names and checks
 * every object, checks that everything linked to is there (R11), WANTS included, and publishes
 * pack-HASH.pack and .idx. On failure nothing is left behind; but with REST, when the network fails
 * behind the first entry, what has come whole is published, and REST says what is missing, so that
 * it can be asked for: with this pack among what is in BASE. 0 or -1. */
int receive_pack(struct reader *in, const struct receive_options *options, const struct oid *wants,
                 size_t want_count, struct receive_result *out, struct fault *fault);

#endif
