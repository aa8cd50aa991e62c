/* SPDX-License-Identifier: MIT */
/* The one-pass pipeline: pack stream in, .pack and .idx out (DESIGN: "Index while receiving"). */
#ifndef SMIDGIT_INDEXER_H
#define SMIDGIT_INDEXER_H

#include "hash.h"
#include "stream.h"

#include <stdbool.h>

struct odb;

struct indexer_options {
    int git_dir; /* the pack goes to its objects/pack */
    const struct hash_ops *hash;
    uint64_t memory;           /* --mem: bytes in all, table included; 0: small and growing */
    struct odb *base;          /* thin packs: where bases may be; or NULL */
    const struct oid *shallow; /* commits whose parents are not there */
    size_t shallow_count;
    bool sync;
    unsigned threads; /* 1: none beside the caller's; 0: one a processor */
    bool progress;    /* show "Receiving objects" */
};

struct indexer_result {
    uint32_t objects;    /* 0: an empty pack; no file is kept */
    uint64_t bytes;      /* of the pack */
    uint64_t reinflated; /* bytes inflated again for dropped bases */
    struct oid pack_hash;
};

/* Reads the pack from IN to its trailer (what follows is the caller's to judge), names and checks
 * every object, checks that everything linked to is there (R11), WANTS included, and publishes
 * pack-HASH.pack and .idx. On failure nothing is left behind. 0 or -1. */
int indexer_run(struct reader *in, const struct indexer_options *options, const struct oid *wants,
                size_t want_count, struct indexer_result *out, struct fault *fault);

#endif
