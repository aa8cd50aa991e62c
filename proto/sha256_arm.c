/* SPDX-License-Identifier: MIT */
/* SHA-256 with the ARMv8 SHA2 instructions. */
#include "sha256.h"

#if defined(__AARCH64EL__) && defined(__GNUC__)

/* Old clangs hide the intrinsics from files that are not compiled for such a CPU as a whole. */
#if defined(__clang__)
#define FEATURE "sha2"
#if !defined(__ARM_FEATURE_SHA2)
#define __ARM_FEATURE_SHA2 1
#endif
#else
#define FEATURE "+crypto"
#endif
#define TARGET __attribute__((target(FEATURE)))

#include <arm_neon.h>

/* Four rounds; M[g % 4] are their words, and become those of four groups later. */
#define GROUP(g)                                                                    \
    do {                                                                            \
        uint32x4_t k = vaddq_u32(m[(g)&3], vld1q_u32(sha256_constants + 4 * (g)));  \
        uint32x4_t abcd_now = abcd;                                                 \
        if ((g) < 12)                                                               \
            m[(g)&3] = vsha256su1q_u32(vsha256su0q_u32(m[(g)&3], m[((g) + 1) & 3]), \
                                       m[((g) + 2) & 3], m[((g) + 3) & 3]);         \
        abcd = vsha256hq_u32(abcd, efgh, k);                                        \
        efgh = vsha256h2q_u32(efgh, abcd_now, k);                                   \
    } while (0)
#define FOUR(g)     \
    GROUP(g);       \
    GROUP((g) + 1); \
    GROUP((g) + 2); \
    GROUP((g) + 3)

TARGET static void blocks(uint32_t state[8], const unsigned char *bytes, size_t count)
{
    uint32x4_t abcd = vld1q_u32(state), efgh = vld1q_u32(state + 4);
    for (; count > 0; count--, bytes += 64) {
        const uint32x4_t abcd_before = abcd, efgh_before = efgh;
        uint32x4_t m[4];
#pragma GCC unroll 4
        for (int i = 0; i < 4; i++)
            m[i] = vreinterpretq_u32_u8(vrev32q_u8(vld1q_u8(bytes + 16 * i)));
        FOUR(0);
        FOUR(4);
        FOUR(8);
        FOUR(12);
        abcd = vaddq_u32(abcd, abcd_before);
        efgh = vaddq_u32(efgh, efgh_before);
    }
    vst1q_u32(state, abcd);
    vst1q_u32(state + 4, efgh);
}

static const struct sha256_how how = {blocks};

static void add(union hash *hash, const void *bytes, size_t size)
{
    sha256_add(hash, bytes, size, &how);
}

static int end(union hash *hash, struct oid *out)
{
    return sha256_end(hash, out, &how);
}

const struct hash_ops hash_sha256_arm = {"sha256",     "ARMv8 SHA2", OID_SHA256,
                                         sha256_begin, add,          end};

#endif
