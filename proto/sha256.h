/* SPDX-License-Identifier: MIT */
/* The parts of SHA-256 that its implementations share. */
#ifndef PROTO_SHA256_H
#define PROTO_SHA256_H

#include "hash.h"

struct sha256 {
    uint32_t state[8];
    uint64_t size; /* bytes so far */
    unsigned char block[64];
};

/* An implementation: compresses COUNT blocks of 64 bytes. */
struct sha256_how {
    void (*blocks)(uint32_t state[8], const unsigned char *bytes, size_t count);
};

extern const uint32_t sha256_constants[64];

void sha256_begin(union hash *hash);
void sha256_add(union hash *hash, const void *bytes, size_t size, const struct sha256_how *how);
int sha256_end(union hash *hash, struct oid *out, const struct sha256_how *how);

#if defined(__x86_64__) && defined(__GNUC__)
extern const struct hash_ops hash_sha256_x86; /* only where the CPU has SHA-NI */
#elif defined(__AARCH64EL__) && defined(__GNUC__)
extern const struct hash_ops hash_sha256_arm; /* only where the CPU has the SHA2 instructions */
#endif

#endif
