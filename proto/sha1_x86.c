/* SPDX-License-Identifier: MIT */
/* SHA-1 with SHA-NI, and the conditions of eight blocks side by side with AVX2.
 *
 * The compression is one chain of instructions that wait for each other, 120 cycles a block, and
 * leaves most of the CPU idle. The search for suspects does not depend on the chaining value. So it
 * runs one batch behind, in eight slices: after block i of a batch comes slice i of the batch
 * before, near enough for the CPU to execute it in the gaps of the compression.
 *
 * The two never meet in one function. SHA-NI has only the old SSE encodings, and since 2021 Intel's
 * CPUs take some 150 cycles for each such instruction while the upper half of any YMM register is
 * in use (LLVM issue 142368): fifty times slower than without AVX2. So what compresses is compiled
 * without AVX, and what searches empties the upper halves before it returns. tests/upper_halves.awk
 * finds in the linked program whatever breaks this.
 */
#include "sha1.h"

#if defined(__x86_64__) && defined(__GNUC__)

#include <immintrin.h>
#include <string.h>

#define SHA __attribute__((target("sha,sse4.1,no-avx")))
#define SHA_INLINE __attribute__((target("sha,sse4.1,no-avx"), always_inline)) static inline
#define AVX2 __attribute__((target("avx2"), noinline))
#define INLINE __attribute__((target("avx2"), always_inline)) static inline
#define LANES SHA1_BATCH
#include "sha1_suspects.h"

/* Eight blocks: compressed first, searched after that. */
struct batch {
    size_t count;
    uint32_t words[LANES][80];
    struct sha1_passage passages[LANES];
    WORDS w[SUSPECT_WORDS], planes[PLANES], suspects[SHA1_CLASSES];
};

/* Eight rows of eight words, to columns. */
INLINE void transpose(const __m256i in[8], __m256i out[8])
{
    __m256i t[8], u[8];
#pragma GCC unroll 8
    for (int i = 0; i < 4; i++) {
        t[2 * i] = _mm256_unpacklo_epi32(in[2 * i], in[2 * i + 1]);
        t[2 * i + 1] = _mm256_unpackhi_epi32(in[2 * i], in[2 * i + 1]);
    }
#pragma GCC unroll 8
    for (int i = 0; i < 2; i++) {
        u[4 * i] = _mm256_unpacklo_epi64(t[4 * i], t[4 * i + 2]);
        u[4 * i + 1] = _mm256_unpackhi_epi64(t[4 * i], t[4 * i + 2]);
        u[4 * i + 2] = _mm256_unpacklo_epi64(t[4 * i + 1], t[4 * i + 3]);
        u[4 * i + 3] = _mm256_unpackhi_epi64(t[4 * i + 1], t[4 * i + 3]);
    }
#pragma GCC unroll 8
    for (int i = 0; i < 4; i++) {
        out[i] = _mm256_permute2x128_si256(u[i], u[i + 4], 0x20);
        out[i + 4] = _mm256_permute2x128_si256(u[i], u[i + 4], 0x31);
    }
}

SHA_INLINE void keep(uint32_t *where, __m128i words)
{
    _mm_storeu_si128((__m128i *)(void *)where, _mm_shuffle_epi32(words, 0x1b));
}

/* The working state before a group: SHA-NI has E as the A of four rounds ago. */
SHA_INLINE void keep_state(uint32_t state[5], __m128i abcd, __m128i old)
{
    keep(state, abcd);
    state[4] = (uint32_t)_mm_extract_epi32(_mm_sha1nexte_epu32(old, _mm_setzero_si128()), 3);
}

/* Four rounds: the schedule runs up to three groups ahead (Intel's order). */
#define GROUP(g, f)                                                                     \
    do {                                                                                \
        __m128i now = m[(g)&3];                                                         \
        __m128i e = (g) == 0 ? _mm_add_epi32(old, now) : _mm_sha1nexte_epu32(old, now); \
        keep(w + 4 * (g), now);                                                         \
        if ((g) == 14)                                                                  \
            keep_state(passage->at56, abcd, old);                                       \
        if ((g) == 16)                                                                  \
            keep_state(passage->at64, abcd, old);                                       \
        old = abcd;                                                                     \
        abcd = _mm_sha1rnds4_epu32(abcd, e, f);                                         \
        if ((g) >= 1 && (g) <= 16)                                                      \
            m[((g) + 3) & 3] = _mm_sha1msg1_epu32(m[((g) + 3) & 3], now);               \
        if ((g) >= 2 && (g) <= 17)                                                      \
            m[((g) + 2) & 3] = _mm_xor_si128(m[((g) + 2) & 3], now);                    \
        if ((g) >= 3 && (g) <= 18)                                                      \
            m[((g) + 1) & 3] = _mm_sha1msg2_epu32(m[((g) + 1) & 3], now);               \
    } while (0)
#define FIVE(g, f)     \
    GROUP(g, f);       \
    GROUP((g) + 1, f); \
    GROUP((g) + 2, f); \
    GROUP((g) + 3, f); \
    GROUP((g) + 4, f)

SHA static void compress(uint32_t state[5], const unsigned char *block, uint32_t w[80],
                         struct sha1_passage *passage)
{
    const __m128i swap = _mm_set_epi8(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    __m128i m[4], abcd = _mm_loadu_si128((const __m128i *)(const void *)state);
    __m128i old = _mm_set_epi32((int)state[4], 0, 0, 0);
    abcd = _mm_shuffle_epi32(abcd, 0x1b);
    const __m128i abcd_before = abcd, e_before = old;
#pragma GCC unroll 8
    for (int i = 0; i < 4; i++)
        m[i] = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)(const void *)(block + 16 * i)),
                                swap);
    FIVE(0, 0);
    FIVE(5, 1);
    FIVE(10, 2);
    FIVE(15, 3);
    old = _mm_sha1nexte_epu32(old, e_before);
    abcd = _mm_add_epi32(abcd, abcd_before);
    keep(state, abcd);
    state[4] = (uint32_t)_mm_extract_epi32(old, 3);
    memcpy(passage->after, state, sizeof passage->after);
}

/* Sixteen of the words, from T on, to the lanes. */
INLINE void to_lanes(struct batch *batch, size_t t)
{
#pragma GCC unroll 8
    for (size_t end = t + 16; t < end; t += 8) {
        __m256i in[8], out[8];
#pragma GCC unroll 8
        for (size_t i = 0; i < LANES; i++)
            in[i] = _mm256_loadu_si256(
                (const __m256i *)(const void *)(batch->words[i] + SUSPECT_FIRST + t));
        transpose(in, out);
#pragma GCC unroll 8
        for (size_t i = 0; i < LANES; i++)
            batch->w[t + i] = (WORDS)out[i];
    }
}

AVX2 static void search_slice(struct batch *batch, size_t slice)
{
    switch (slice) {
    case 0:
        to_lanes(batch, 0);
        break;
    case 1:
        to_lanes(batch, 16);
        break;
    case 2:
        find_low_planes(batch->w, batch->planes);
        break;
    case 3:
        find_high_planes(batch->w, batch->planes);
        break;
    case 4:
        find_suspects(batch->planes, 0, &batch->suspects[0]);
        break;
    case 5:
        find_suspects(batch->planes, 1, &batch->suspects[1]);
        break;
    case 6:
        find_suspects(batch->planes, 2, &batch->suspects[2]);
        break;
    default:
        find_suspects(batch->planes, 3, &batch->suspects[3]);
        break;
    }
    _mm256_zeroupper();
}

/* Compresses up to eight blocks into NOW; BEFORE is searched meanwhile. Either may have none. */
static void step(struct sha1 *sha1, const unsigned char *bytes, struct batch *now,
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

const struct hash_ops hash_sha1_x86 = {"sha1", "SHA-NI and AVX2", OID_SHA1, sha1_begin, add, end};

#endif
