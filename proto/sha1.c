/* SPDX-License-Identifier: MIT */
/* SHA-1 (FIPS 180-4, section 6.1) that notices collision attacks: portable.
 *
 * The messages of four blocks are expanded side by side where the compiler has vectors; the
 * compression takes one block after the other.
 */
#include "sha1.h"

#include "bytes.h"

#if defined(__GNUC__)
#define LANES 4
#define INLINE __attribute__((always_inline)) static inline
#else
#define LANES 1
#define INLINE static inline
#endif
/* The eighty steps in line are a seventh faster, and 2 KB more. */
#if defined(__GNUC__) && !defined(__OPTIMIZE_SIZE__)
#define IN_LINE _Pragma("GCC unroll 4")
#else
#define IN_LINE
#endif
#include "sha1_suspects.h"

#include <string.h>

_Static_assert(sizeof(struct sha1) <= HASH_STATE, "HASH_STATE is too small");

static uint32_t rol(uint32_t x, unsigned n)
{
    return x << n | x >> (32 - n);
}

static uint32_t choose(uint32_t b, uint32_t c, uint32_t d)
{
    return d ^ (b & (c ^ d));
}

static uint32_t parity(uint32_t b, uint32_t c, uint32_t d)
{
    return b ^ c ^ d;
}

static uint32_t majority(uint32_t b, uint32_t c, uint32_t d)
{
    return (b & c) + (d & (b ^ c));
}

#define STEP(f, k, t, a, b, c, d, e) \
    (e += rol(a, 5) + f(b, c, d) + (k) + w[(t)*LANES], b = rol(b, 30))
#define FIVE(f, k, t)                 \
    STEP(f, k, t, a, b, c, d, e);     \
    STEP(f, k, t + 1, e, a, b, c, d); \
    STEP(f, k, t + 2, d, e, a, b, c); \
    STEP(f, k, t + 3, c, d, e, a, b); \
    STEP(f, k, t + 4, b, c, d, e, a)
#define KEEP(where, a, b, c, d, e) \
    (where[0] = a, where[1] = b, where[2] = c, where[3] = d, where[4] = e)

/* W: the first word of the block's lane. */
static void compress(uint32_t state[5], const uint32_t *w, struct sha1_passage *passage)
{
    uint32_t a = state[0], b = state[1], c = state[2], d = state[3], e = state[4];
    IN_LINE for (unsigned t = 0; t < 20; t += 5)
    {
        FIVE(choose, 0x5a827999, t);
    }
    IN_LINE for (unsigned t = 20; t < 40; t += 5)
    {
        FIVE(parity, 0x6ed9eba1, t);
    }
    IN_LINE for (unsigned t = 40; t < 55; t += 5)
    {
        FIVE(majority, 0x8f1bbcdc, t);
    }
    STEP(majority, 0x8f1bbcdc, 55, a, b, c, d, e);
    KEEP(passage->at56, e, a, b, c, d);
    STEP(majority, 0x8f1bbcdc, 56, e, a, b, c, d);
    STEP(majority, 0x8f1bbcdc, 57, d, e, a, b, c);
    STEP(majority, 0x8f1bbcdc, 58, c, d, e, a, b);
    STEP(majority, 0x8f1bbcdc, 59, b, c, d, e, a);
    STEP(parity, 0xca62c1d6, 60, a, b, c, d, e);
    STEP(parity, 0xca62c1d6, 61, e, a, b, c, d);
    STEP(parity, 0xca62c1d6, 62, d, e, a, b, c);
    STEP(parity, 0xca62c1d6, 63, c, d, e, a, b);
    KEEP(passage->at64, b, c, d, e, a);
    STEP(parity, 0xca62c1d6, 64, b, c, d, e, a);
    IN_LINE for (unsigned t = 65; t < 80; t += 5)
    {
        FIVE(parity, 0xca62c1d6, t);
    }
    state[0] += a;
    state[1] += b;
    state[2] += c;
    state[3] += d;
    state[4] += e;
    memcpy(passage->after, state, sizeof passage->after);
}

/* bytes_get32(), where it can be inlined. */
static uint32_t big_endian(const unsigned char *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* The words of up to LANES blocks; what is beyond COUNT repeats the last one. */
static void expand(const unsigned char *bytes, size_t count, WORDS w[80])
{
    const unsigned char *from[LANES];
    for (size_t lane = 0; lane < LANES; lane++)
        from[lane] = bytes + (lane < count ? lane : count - 1) * SHA1_BLOCK;
    for (size_t t = 0; t < 16; t++) {
        uint32_t words[LANES];
#pragma GCC unroll 4
        for (size_t lane = 0; lane < LANES; lane++)
            words[lane] = big_endian(from[lane] + 4 * t);
        memcpy(&w[t], words, sizeof words);
    }
    for (unsigned t = 16; t < 80; t++) {
        WORDS x = w[t - 3] ^ w[t - 8] ^ w[t - 14] ^ w[t - 16];
        w[t] = x << 1 | x >> 31;
    }
}

static void blocks(struct sha1 *sha1, const unsigned char *bytes, size_t count)
{
    while (count > 0) {
        size_t take = count < LANES ? count : LANES;
        WORDS w[80], planes[PLANES], suspects[SHA1_CLASSES];
        uint32_t words[80 * LANES];
        struct sha1_passage passages[LANES];
        expand(bytes, take, w);
        memcpy(words, w, sizeof words);
        for (size_t lane = 0; lane < take; lane++)
            compress(sha1->state, words + lane, &passages[lane]);
        find_low_planes(w + SUSPECT_FIRST, planes);
        find_high_planes(w + SUSPECT_FIRST, planes);
        find_suspects(planes, 0, &suspects[0]);
        find_suspects(planes, 1, &suspects[1]);
        find_suspects(planes, 2, &suspects[2]);
        find_suspects(planes, 3, &suspects[3]);
        judge(sha1, suspects, take, words, 1, LANES, passages);
        bytes += take * SHA1_BLOCK;
        count -= take;
    }
}

void sha1_begin(union hash *hash)
{
    struct sha1 *sha1 = (struct sha1 *)hash;
    static const uint32_t start[5] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};
    memcpy(sha1->state, start, sizeof start);
    sha1->attacked = false;
    sha1->size = 0;
}

void sha1_add(union hash *hash, const void *bytes, size_t size, const struct sha1_how *how)
{
    enum { WHOLE = SHA1_BATCH * SHA1_BLOCK };
    struct sha1 *sha1 = (struct sha1 *)hash;
    const unsigned char *from = bytes;
    size_t used = sha1->size % WHOLE;
    sha1->size += size;
    while (size > 0) {
        if (used == 0 && size >= WHOLE) {
            size_t whole = size / WHOLE * WHOLE;
            how->blocks(sha1, from, whole / SHA1_BLOCK);
            from += whole;
            size -= whole;
            continue;
        }
        size_t take = size < WHOLE - used ? size : WHOLE - used;
        memcpy(sha1->gathered + used, from, take);
        from += take;
        size -= take;
        used += take;
        if (used == WHOLE) {
            how->blocks(sha1, sha1->gathered, SHA1_BATCH);
            used = 0;
        }
    }
}

/* padding = %x80 *%x00 size-in-bits(8), to a multiple of 64 bytes */
int sha1_end(union hash *hash, struct oid *out, const struct sha1_how *how)
{
    struct sha1 *sha1 = (struct sha1 *)hash;
    size_t used = sha1->size % (SHA1_BATCH * SHA1_BLOCK);
    size_t whole = (used + 9 + SHA1_BLOCK - 1) / SHA1_BLOCK * SHA1_BLOCK;
    memset(sha1->gathered + used, 0, whole - used);
    sha1->gathered[used] = 0x80;
    bytes_put64(sha1->gathered + whole - 8, sha1->size * 8);
    how->blocks(sha1, sha1->gathered, whole / SHA1_BLOCK);
    memset(out, 0, sizeof *out);
    out->len = OID_SHA1;
    for (size_t i = 0; i < 5; i++)
        bytes_put32(out->id + 4 * i, sha1->state[i]);
    return sha1->attacked ? -1 : 0;
}

static const struct sha1_how portable = {blocks};

static void add(union hash *hash, const void *bytes, size_t size)
{
    if (size > 0)
        sha1_add(hash, bytes, size, &portable);
}

static int end(union hash *hash, struct oid *out)
{
    return sha1_end(hash, out, &portable);
}

const struct hash_ops hash_sha1 = {"sha1", "portable", OID_SHA1, sha1_begin, add, end};
