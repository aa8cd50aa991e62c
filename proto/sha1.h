/* SPDX-License-Identifier: MIT */
/* The parts of the collision-detecting SHA-1 that its implementations share.
 *
 * M. Stevens, "Counter-cryptanalysis" (CRYPTO 2013); M. Stevens, D. Shumow, "Speeding up detection
 * of SHA-1 collision attacks using unavoidable attack conditions" (USENIX Security 2017).
 *
 * For each block of 64 bytes:
 *   1. which of 32 disturbance vectors have all their bit conditions met by the expanded message W?
 *      Mostly none. (sha1_suspects.h)
 *   2. for each of those, the sibling message W' = W xor d that an attacker would have used,
 *   3. run from the real state in the middle forward and backward: if that ends in the same
 *      chaining value, this block is the second half of a collision. (sha1_attack.c)
 */
#ifndef PROTO_SHA1_H
#define PROTO_SHA1_H

#include "hash.h"

#include <stdbool.h>

enum {
    SHA1_BLOCK = 64,
    SHA1_BATCH = 8, /* blocks that are looked at side by side: they are gathered first */
    SHA1_CLASSES = 4
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

/* The working state before two of the steps of a block, and the chaining value after it. */
struct sha1_passage {
    uint32_t at56[5], at64[5], after[5];
};

/* Steps 2 and 3: SUSPECTS are the vectors of each class whose conditions hold in W. True when
 * its block is the second half of an attack. */
bool sha1_is_attack(const uint32_t w[80], const uint32_t suspects[SHA1_CLASSES],
                    const struct sha1_passage *passage);

#if defined(__x86_64__) && defined(__GNUC__)
/* SHA-NI for the compression, AVX2 for the conditions; only where the CPU has both. */
extern const struct hash_ops hash_sha1_x86;
#elif defined(__AARCH64EL__) && defined(__GNUC__)
extern const struct hash_ops hash_sha1_arm; /* only where the CPU has the SHA1 instructions */
#endif

#endif
