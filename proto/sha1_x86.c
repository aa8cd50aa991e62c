/* SPDX-License-Identifier: MIT */
/* SHA-1 with SHA-NI, and the collision check of eight blocks side by side with AVX2.
 *
 * The conditions depend on the message alone, not on the chaining value: eight blocks are expanded
 * in the lanes of 80 vectors, and one condition of all eight is looked at beside every four rounds
 * of the compression. Those wait for each other most of the time; the conditions fill the gaps.
 */
#include "sha1.h"

#if defined(__x86_64__) && defined(__GNUC__)

#include <immintrin.h>
#include <string.h>

#define FEATURES __attribute__((target("sha,sse4.1,avx2")))
#define INLINE __attribute__((target("sha,sse4.1,avx2"), always_inline)) static inline

/* Bit i of W[a] and bit j of W[b], shifted to the top; they must differ (v 1) or agree (v 0). */
struct condition {
    uint32_t a, b; /* numbers of words */
    uint32_t up_a, up_b;
    uint32_t invert; /* all bits when they must differ */
    uint32_t set;    /* vectors that are ruled out otherwise */
};

static const struct condition conditions[] = {
#define VECTOR(...)
#define CONDITION(a, i, b, j, v, set) {a, b, 31 - (i), 31 - (j), 0U - (v), set},
#include "sha1_check.h"
#undef VECTOR
#undef CONDITION
};

enum { CONDITIONS = sizeof conditions / sizeof *conditions, GROUPS = 20 };

_Static_assert(CONDITIONS <= GROUPS * SHA1_BATCH, "one condition beside every four rounds");

/* What is under way while a batch is compressed. */
struct check {
    __m256i ruled_out;
    const __m256i *w;
    const struct condition *next, *end;
};

INLINE void check_one(struct check *check)
{
    const struct condition *c = check->next;
    if (c == check->end)
        return;
    check->next++;
    __m256i x = _mm256_sllv_epi32(check->w[c->a], _mm256_set1_epi32((int)c->up_a));
    __m256i y = _mm256_sllv_epi32(check->w[c->b], _mm256_set1_epi32((int)c->up_b));
    __m256i differ = _mm256_srai_epi32(_mm256_xor_si256(x, y), 31);
    __m256i fails = _mm256_xor_si256(differ, _mm256_set1_epi32((int)c->invert));
    fails = _mm256_and_si256(fails, _mm256_set1_epi32((int)c->set));
    check->ruled_out = _mm256_or_si256(check->ruled_out, fails);
}

/* Eight rows of eight words, to columns. */
INLINE void transpose(const __m256i in[8], __m256i out[8])
{
    __m256i t[8], u[8];
    for (int i = 0; i < 4; i++) {
        t[2 * i] = _mm256_unpacklo_epi32(in[2 * i], in[2 * i + 1]);
        t[2 * i + 1] = _mm256_unpackhi_epi32(in[2 * i], in[2 * i + 1]);
    }
    for (int i = 0; i < 2; i++) {
        u[4 * i] = _mm256_unpacklo_epi64(t[4 * i], t[4 * i + 2]);
        u[4 * i + 1] = _mm256_unpackhi_epi64(t[4 * i], t[4 * i + 2]);
        u[4 * i + 2] = _mm256_unpacklo_epi64(t[4 * i + 1], t[4 * i + 3]);
        u[4 * i + 3] = _mm256_unpackhi_epi64(t[4 * i + 1], t[4 * i + 3]);
    }
    for (int i = 0; i < 4; i++) {
        out[i] = _mm256_permute2x128_si256(u[i], u[i + 4], 0x20);
        out[i + 4] = _mm256_permute2x128_si256(u[i], u[i + 4], 0x31);
    }
}

INLINE __m256i rol1(__m256i x)
{
    return _mm256_or_si256(_mm256_add_epi32(x, x), _mm256_srli_epi32(x, 31));
}

/* W of eight blocks; lanes from COUNT on repeat the last one. */
INLINE void expand(const unsigned char *bytes, size_t count, __m256i w[80])
{
    const __m256i swap = _mm256_broadcastsi128_si256(
        _mm_set_epi8(12, 13, 14, 15, 8, 9, 10, 11, 4, 5, 6, 7, 0, 1, 2, 3));
    for (int half = 0; half < 2; half++) {
        __m256i rows[8];
        for (size_t lane = 0; lane < SHA1_BATCH; lane++) {
            const unsigned char *block = bytes + (lane < count ? lane : count - 1) * SHA1_BLOCK;
            rows[lane] = _mm256_shuffle_epi8(
                _mm256_loadu_si256((const __m256i *)(const void *)(block + 32 * half)), swap);
        }
        transpose(rows, w + 8 * half);
    }
    for (int t = 16; t < 80; t++)
        w[t] = rol1(_mm256_xor_si256(_mm256_xor_si256(w[t - 3], w[t - 8]),
                                     _mm256_xor_si256(w[t - 14], w[t - 16])));
}

/* Four rounds: the schedule runs up to three groups ahead (Intel's order). */
#define GROUP(g, f)                                                                     \
    do {                                                                                \
        __m128i now = m[(g)&3];                                                         \
        __m128i e = (g) == 0 ? _mm_add_epi32(old, now) : _mm_sha1nexte_epu32(old, now); \
        old = abcd;                                                                     \
        abcd = _mm_sha1rnds4_epu32(abcd, e, f);                                         \
        check_one(check);                                                               \
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

INLINE void compress(uint32_t state[5], const unsigned char *block, struct check *check)
{
    const __m128i swap = _mm_set_epi8(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    __m128i m[4], abcd = _mm_loadu_si128((const __m128i *)(const void *)state);
    __m128i old = _mm_set_epi32((int)state[4], 0, 0, 0);
    abcd = _mm_shuffle_epi32(abcd, 0x1b);
    const __m128i abcd_before = abcd, e_before = old;
    for (int i = 0; i < 4; i++)
        m[i] = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)(const void *)(block + 16 * i)),
                                swap);
    FIVE(0, 0);
    FIVE(5, 1);
    FIVE(10, 2);
    FIVE(15, 3);
    old = _mm_sha1nexte_epu32(old, e_before);
    abcd = _mm_shuffle_epi32(_mm_add_epi32(abcd, abcd_before), 0x1b);
    _mm_storeu_si128((__m128i *)(void *)state, abcd);
    state[4] = (uint32_t)_mm_extract_epi32(old, 3);
}

/* Up to eight blocks. */
FEATURES static void batch(struct sha1 *sha1, const unsigned char *bytes, size_t count)
{
    __m256i w[80];
    uint32_t states[SHA1_BATCH + 1][5], ruled_out[SHA1_BATCH];
    struct check check = {_mm256_setzero_si256(), w, conditions, conditions + CONDITIONS};
    expand(bytes, count, w);
    memcpy(states[0], sha1->state, sizeof states[0]);
    for (size_t i = 0; i < count; i++) {
        compress(sha1->state, bytes + i * SHA1_BLOCK, &check);
        memcpy(states[i + 1], sha1->state, sizeof states[0]);
    }
    while (check.next < check.end)
        check_one(&check);
    _mm256_storeu_si256((__m256i *)(void *)ruled_out, check.ruled_out);
    for (size_t i = 0; i < count; i++) {
        uint32_t words[80];
        if (ruled_out[i] == UINT32_MAX)
            continue;
        for (size_t t = 0; t < 80; t++)
            memcpy(&words[t], (const char *)&w[t] + i * sizeof *words, sizeof *words);
        if (sha1_recheck(words, ~ruled_out[i], states[i], states[i + 1]))
            sha1->attacked = true;
    }
}

static void blocks(struct sha1 *sha1, const unsigned char *bytes, size_t count)
{
    while (count > 0) {
        size_t take = count < SHA1_BATCH ? count : SHA1_BATCH;
        batch(sha1, bytes, take);
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
