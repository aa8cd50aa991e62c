/* SPDX-License-Identifier: MIT */
/* SHA-1 with the ARMv8 SHA1 instructions, and the conditions of four blocks side by side with NEON.
 *
 * As in sha1_x86.c the search is one batch behind the compression, a slice of it after each block.
 */
#include "sha1.h"

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
#define INLINE __attribute__((target(FEATURE), always_inline)) static inline
#define LANES 4
#include "sha1_suspects.h"

#include <arm_neon.h>

/* Four blocks: compressed first, searched after that. */
struct batch {
    size_t count;
    uint32_t words[LANES][80];
    struct sha1_passage passages[LANES];
    WORDS planes[PLANES], suspects[SHA1_CLASSES];
};

INLINE void keep_state(uint32_t state[5], uint32x4_t abcd, uint32_t e)
{
    vst1q_u32(state, abcd);
    state[4] = e;
}

/* Four rounds; M[g % 4] are their words, and become those of four groups later. */
#define GROUP(g, rounds, k)                                                                  \
    do {                                                                                     \
        uint32_t next = vsha1h_u32(vgetq_lane_u32(abcd, 0));                                 \
        uint32x4_t now = m[(g)&3];                                                           \
        vst1q_u32(w + 4 * (g), now);                                                         \
        if ((g) == 14)                                                                       \
            keep_state(passage->at56, abcd, e);                                              \
        if ((g) == 16)                                                                       \
            keep_state(passage->at64, abcd, e);                                              \
        abcd = rounds(abcd, e, vaddq_u32(now, vdupq_n_u32(k)));                              \
        e = next;                                                                            \
        if ((g) < 16)                                                                        \
            m[(g)&3] = vsha1su1q_u32(vsha1su0q_u32(now, m[((g) + 1) & 3], m[((g) + 2) & 3]), \
                                     m[((g) + 3) & 3]);                                      \
    } while (0)
#define FIVE(g, rounds, k)     \
    GROUP(g, rounds, k);       \
    GROUP((g) + 1, rounds, k); \
    GROUP((g) + 2, rounds, k); \
    GROUP((g) + 3, rounds, k); \
    GROUP((g) + 4, rounds, k)

INLINE void compress(uint32_t state[5], const unsigned char *block, uint32_t w[80],
                     struct sha1_passage *passage)
{
    uint32x4_t m[4], abcd = vld1q_u32(state);
    uint32_t e = state[4];
#pragma GCC unroll 4
    for (int i = 0; i < 4; i++)
        m[i] = vreinterpretq_u32_u8(vrev32q_u8(vld1q_u8(block + 16 * i)));
    FIVE(0, vsha1cq_u32, 0x5a827999);
    FIVE(5, vsha1pq_u32, 0x6ed9eba1);
    FIVE(10, vsha1mq_u32, 0x8f1bbcdc);
    FIVE(15, vsha1pq_u32, 0xca62c1d6);
    keep_state(state, vaddq_u32(vld1q_u32(state), abcd), state[4] + e);
    memcpy(passage->after, state, sizeof passage->after);
}

/* W[35..66] of four blocks, to the lanes. */
INLINE void to_lanes(const struct batch *batch, WORDS w[SUSPECT_WORDS])
{
#pragma GCC unroll 8
    for (size_t t = 0; t < SUSPECT_WORDS; t += 4) {
        uint32x4_t a = vld1q_u32(batch->words[0] + SUSPECT_FIRST + t);
        uint32x4_t b = vld1q_u32(batch->words[1] + SUSPECT_FIRST + t);
        uint32x4_t c = vld1q_u32(batch->words[2] + SUSPECT_FIRST + t);
        uint32x4_t d = vld1q_u32(batch->words[3] + SUSPECT_FIRST + t);
        uint32x4_t ac0 = vzip1q_u32(a, c), ac2 = vzip2q_u32(a, c);
        uint32x4_t bd0 = vzip1q_u32(b, d), bd2 = vzip2q_u32(b, d);
        const uint32x4_t out[4] = {vzip1q_u32(ac0, bd0), vzip2q_u32(ac0, bd0), vzip1q_u32(ac2, bd2),
                                   vzip2q_u32(ac2, bd2)};
        memcpy(w + t, out, sizeof out);
    }
}

INLINE void search_slice(struct batch *batch, size_t slice)
{
    WORDS w[SUSPECT_WORDS];
    switch (slice) {
    case 0:
        to_lanes(batch, w);
        find_low_planes(w, batch->planes);
        break;
    case 1:
        to_lanes(batch, w);
        find_high_planes(w, batch->planes);
        break;
    case 2:
        find_suspects(batch->planes, 0, &batch->suspects[0]);
        find_suspects(batch->planes, 1, &batch->suspects[1]);
        break;
    default:
        find_suspects(batch->planes, 2, &batch->suspects[2]);
        find_suspects(batch->planes, 3, &batch->suspects[3]);
        break;
    }
}

/* Compresses up to four blocks into NOW; BEFORE is searched meanwhile. Either may have none. */
TARGET static void step(struct sha1 *sha1, const unsigned char *bytes, struct batch *now,
                        struct batch *before)
{
    for (size_t i = 0; i < LANES; i++) {
        if (i < now->count)
            compress(sha1->state, bytes + i * SHA1_BLOCK, now->words[i], &now->passages[i]);
        else if (now->count > 0)
            memcpy(now->words[i], now->words[0], sizeof now->words[i]);
        if (before->count > 0)
            search_slice(before, i);
    }
    if (before->count > 0)
        judge(sha1, before->suspects, before->count, before->words[0], 80, 1, before->passages);
}

static void blocks(struct sha1 *sha1, const unsigned char *bytes, size_t count)
{
    struct batch batches[2];
    batches[1].count = 0;
    for (size_t turn = 0; count > 0 || batches[1 - turn].count > 0; turn = 1 - turn) {
        size_t take = count < LANES ? count : LANES;
        batches[turn].count = take;
        step(sha1, bytes, &batches[turn], &batches[1 - turn]);
        bytes += take * SHA1_BLOCK;
        count -= take;
    }
}

static const struct sha1_how how = {blocks};

static void add(union hash *hash, const void *bytes, size_t size)
{
    sha1_add(hash, bytes, size, &how);
}

static int end(union hash *hash, struct oid *out)
{
    return sha1_end(hash, out, &how);
}

const struct hash_ops hash_sha1_arm = {"sha1", "ARMv8 SHA1", OID_SHA1, sha1_begin, add, end};

#endif
