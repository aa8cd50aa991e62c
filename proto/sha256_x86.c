/* SPDX-License-Identifier: MIT */
/* SHA-256 with the x86 SHA instructions (Intel's order of rounds and schedule). */
#include "sha256.h"

#if defined(__x86_64__) && defined(__GNUC__)

#include <immintrin.h>

#define TARGET __attribute__((target("sha,sse4.1,no-avx")))

/* Four rounds; M[g % 4] are their words. Those of three groups later are made meanwhile. */
#define GROUP(g)                                                                                 \
    do {                                                                                         \
        __m128i now = m[(g)&3];                                                                  \
        __m128i k = _mm_add_epi32(                                                               \
            now, _mm_loadu_si128((const __m128i *)(const void *)(sha256_constants + 4 * (g))));  \
        cdgh = _mm_sha256rnds2_epu32(cdgh, abef, k);                                             \
        if ((g) >= 3 && (g) <= 14) {                                                             \
            __m128i next = _mm_alignr_epi8(now, m[((g) + 3) & 3], 4);                            \
            m[((g) + 1) & 3] = _mm_sha256msg2_epu32(_mm_add_epi32(m[((g) + 1) & 3], next), now); \
        }                                                                                        \
        abef = _mm_sha256rnds2_epu32(abef, cdgh, _mm_shuffle_epi32(k, 0x0e));                    \
        if ((g) >= 1 && (g) <= 12)                                                               \
            m[((g) + 3) & 3] = _mm_sha256msg1_epu32(m[((g) + 3) & 3], now);                      \
    } while (0)
#define FOUR(g)     \
    GROUP(g);       \
    GROUP((g) + 1); \
    GROUP((g) + 2); \
    GROUP((g) + 3)

/* The instructions want A B E F in one register and C D G H in the other, A and C on top. */
TARGET static void blocks(uint32_t state[8], const unsigned char *bytes, size_t count)
{
    const __m128i swap = _mm_set_epi8(12, 13, 14, 15, 8, 9, 10, 11, 4, 5, 6, 7, 0, 1, 2, 3);
    __m128i *at = (__m128i *)(void *)state;
    __m128i cdab = _mm_shuffle_epi32(_mm_loadu_si128(at), 0xb1);
    __m128i efgh = _mm_shuffle_epi32(_mm_loadu_si128(at + 1), 0x1b);
    __m128i abef = _mm_alignr_epi8(cdab, efgh, 8), cdgh = _mm_blend_epi16(efgh, cdab, 0xf0);
    for (; count > 0; count--, bytes += 64) {
        const __m128i abef_before = abef, cdgh_before = cdgh;
        __m128i m[4];
#pragma GCC unroll 4
        for (int i = 0; i < 4; i++)
            m[i] = _mm_shuffle_epi8(
                _mm_loadu_si128((const __m128i *)(const void *)(bytes + 16 * i)), swap);
        FOUR(0);
        FOUR(4);
        FOUR(8);
        FOUR(12);
        abef = _mm_add_epi32(abef, abef_before);
        cdgh = _mm_add_epi32(cdgh, cdgh_before);
    }
    __m128i feba = _mm_shuffle_epi32(abef, 0x1b), dchg = _mm_shuffle_epi32(cdgh, 0xb1);
    _mm_storeu_si128(at, _mm_blend_epi16(feba, dchg, 0xf0));
    _mm_storeu_si128(at + 1, _mm_alignr_epi8(dchg, feba, 8));
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

const struct hash_ops hash_sha256_x86 = {"sha256", "SHA-NI", OID_SHA256, sha256_begin, add, end};

#endif
