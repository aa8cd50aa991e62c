/* SPDX-License-Identifier: MIT */
/* The parts of the collision-detecting SHA-1 that its implementations share. */
#ifndef SMIDGIT_SHA1_H
#define SMIDGIT_SHA1_H

#include "hash.h"

#include <stdbool.h>

enum {
    SHA1_BLOCK = 64,
    SHA1_BATCH = 8 /* blocks that are looked at side by side: they are gathered first */
};

struct sha1 {
    uint32_t state[5];
    bool attacked; /* a block was part of a collision attack */
    uint64_t size; /* bytes so far */
    unsigned char gathered[(SHA1_BATCH + 1) * SHA1_BLOCK]; /* room for the padding too */
};

/* An implementation: compresses COUNT blocks at BYTES, looking at each. */
struct sha1_how {
    void (*blocks)(struct sha1 *sha1, const unsigned char *bytes, size_t count);
};

void sha1_begin(union hash *hash);
void sha1_add(union hash *hash, const void *bytes, size_t size, const struct sha1_how *how);
int sha1_end(union hash *hash, struct oid *out, const struct sha1_how *how);

/* The portable implementation of blocks. */
void sha1_blocks_portable(struct sha1 *sha1, const unsigned char *bytes, size_t count);

/* Step 2 and 3 of the detection: CANDIDATES are the vectors whose conditions hold in W, BEFORE and
 * AFTER the chaining values. True when the block is the second half of an attack. */
bool sha1_recheck(const uint32_t w[80], uint32_t candidates, const uint32_t before[5],
                  const uint32_t after[5]);

/* Expands the sixteen words W[0..15] to all eighty. */
void sha1_expand(uint32_t w[80]);

#if defined(__x86_64__) && defined(__GNUC__)
/* SHA-NI for the compression, AVX2 for the conditions; only where the CPU has both. */
extern const struct hash_ops hash_sha1_x86;
#endif

#endif
