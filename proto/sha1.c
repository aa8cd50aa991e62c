/* SPDX-License-Identifier: MIT */
/* SHA-1 (FIPS 180-4, section 6.1) that notices collision attacks.
 *
 * M. Stevens, "Counter-cryptanalysis" (CRYPTO 2013); M. Stevens, D. Shumow, "Speeding up detection
 * of SHA-1 collision attacks using unavoidable attack conditions" (USENIX Security 2017).
 *
 * For each block of 64 bytes:
 *   1. which of 32 disturbance vectors have all their bit conditions met by the expanded message W?
 *      Mostly none.
 *   2. for each of those, the sibling message W' = W xor dm that an attacker would have used,
 *   3. run from the real state in the middle forward and backward: if that ends in the same
 *      chaining value, this block is the second half of a collision.
 */
#include "sha1.h"

#include "bytes.h"

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

#define STEP(f, k, t, a, b, c, d, e) (e += rol(a, 5) + f(b, c, d) + (k) + w[t], b = rol(b, 30))
#define FIVE(f, k, t)                 \
    STEP(f, k, t, a, b, c, d, e);     \
    STEP(f, k, t + 1, e, a, b, c, d); \
    STEP(f, k, t + 2, d, e, a, b, c); \
    STEP(f, k, t + 3, c, d, e, a, b); \
    STEP(f, k, t + 4, b, c, d, e, a)
#define TWENTY(f, k, t) \
    FIVE(f, k, t);      \
    FIVE(f, k, t + 5);  \
    FIVE(f, k, t + 10); \
    FIVE(f, k, t + 15)

static void compress(uint32_t state[5], const uint32_t w[80])
{
    uint32_t a = state[0], b = state[1], c = state[2], d = state[3], e = state[4];
    TWENTY(choose, 0x5a827999, 0);
    TWENTY(parity, 0x6ed9eba1, 20);
    TWENTY(majority, 0x8f1bbcdc, 40);
    TWENTY(parity, 0xca62c1d6, 60);
    state[0] += a;
    state[1] += b;
    state[2] += c;
    state[3] += d;
    state[4] += e;
}

/* W[t] depends on W[t - 3]; written with steps of 6, 16, 28 and 32 four of them are independent. */
void sha1_expand(uint32_t w[80])
{
    for (unsigned t = 16; t < 32; t++)
        w[t] = rol(w[t - 3] ^ w[t - 8] ^ w[t - 14] ^ w[t - 16], 1);
    for (unsigned t = 32; t < 80; t += 4) {
        uint32_t next[4];
        for (unsigned i = 0; i < 4; i++)
            next[i] = rol(w[t + i - 6] ^ w[t + i - 16] ^ w[t + i - 28] ^ w[t + i - 32], 2);
        memcpy(w + t, next, sizeof next);
    }
}

/* The vectors that W does not rule out, as a set of bits. */
static uint32_t find_candidates(const uint32_t w[80])
{
    uint32_t set = UINT32_MAX;
#define VECTOR(...)
#define CONDITION(a, i, b, j, v, rules_out)                                  \
    if ((set & (rules_out)) && (((w[a] >> (i)) ^ (w[b] >> (j))) & 1) != (v)) \
        set &= ~(uint32_t)(rules_out);
#include "sha1_check.h"
#undef VECTOR
#undef CONDITION
    return set;
}

struct vector {
    unsigned step;
    uint32_t dm[16];
};

static const struct vector vectors[32] = {
#define VECTOR(step, ...) {step, {__VA_ARGS__}},
#define CONDITION(a, i, b, j, v, set)
#include "sha1_check.h"
#undef VECTOR
#undef CONDITION
};

/* Steps FROM..TO that lie in the round that F and K belong to. */
#define FORWARD(f, k, low, high)                                                \
    for (unsigned t = from > (low) ? from : (low); t < to && t < (high); t++) { \
        uint32_t next = rol(a, 5) + f(b, c, d) + e + (k) + w[t];                \
        e = d;                                                                  \
        d = c;                                                                  \
        c = rol(b, 30);                                                         \
        b = a;                                                                  \
        a = next;                                                               \
    }

static void forward(uint32_t s[5], const uint32_t w[80], unsigned from, unsigned to)
{
    uint32_t a = s[0], b = s[1], c = s[2], d = s[3], e = s[4];
    FORWARD(choose, 0x5a827999, 0U, 20U);
    FORWARD(parity, 0x6ed9eba1, 20U, 40U);
    FORWARD(majority, 0x8f1bbcdc, 40U, 60U);
    FORWARD(parity, 0xca62c1d6, 60U, 80U);
    s[0] = a, s[1] = b, s[2] = c, s[3] = d, s[4] = e;
}

/* The same, undone: from the state before step FROM to the one before step 0. */
#define BACKWARD(f, k, low, high)                                    \
    for (unsigned t = from < (high) ? from : (high); t-- > (low);) { \
        uint32_t after = a;                                          \
        a = b;                                                       \
        b = rol(c, 2);                                               \
        c = d;                                                       \
        d = e;                                                       \
        e = after - rol(a, 5) - f(b, c, d) - (k)-w[t];               \
    }

static void backward(uint32_t s[5], const uint32_t w[80], unsigned from)
{
    uint32_t a = s[0], b = s[1], c = s[2], d = s[3], e = s[4];
    BACKWARD(parity, 0xca62c1d6, 60U, 80U);
    BACKWARD(majority, 0x8f1bbcdc, 40U, 60U);
    BACKWARD(parity, 0x6ed9eba1, 20U, 40U);
    BACKWARD(choose, 0x5a827999, 0U, 20U);
    s[0] = a, s[1] = b, s[2] = c, s[3] = d, s[4] = e;
}

static bool is_sibling(const uint32_t w[80], const struct vector *vector, const uint32_t before[5],
                       const uint32_t after[5])
{
    uint32_t sibling[80], in[5], out[5];
    for (unsigned t = 0; t < 16; t++)
        sibling[t] = w[t] ^ vector->dm[t];
    sha1_expand(sibling);
    memcpy(in, before, sizeof in);
    forward(in, w, 0, vector->step);
    memcpy(out, in, sizeof out);
    forward(out, sibling, vector->step, 80);
    backward(in, sibling, vector->step);
    uint32_t differs = 0;
    for (unsigned i = 0; i < 5; i++)
        differs |= (in[i] + out[i]) ^ after[i];
    return differs == 0;
}

bool sha1_recheck(const uint32_t w[80], uint32_t candidates, const uint32_t before[5],
                  const uint32_t after[5])
{
    for (unsigned i = 0; i < 32; i++)
        if (candidates >> i & 1 && is_sibling(w, &vectors[i], before, after))
            return true;
    return false;
}

void sha1_blocks_portable(struct sha1 *sha1, const unsigned char *bytes, size_t count)
{
    for (; count > 0; count--, bytes += 64) {
        uint32_t w[80], before[5];
        for (unsigned t = 0; t < 16; t++)
            w[t] = bytes_get32(bytes + 4 * (size_t)t);
        sha1_expand(w);
        memcpy(before, sha1->state, sizeof before);
        compress(sha1->state, w);
        uint32_t candidates = find_candidates(w);
        if (candidates && sha1_recheck(w, candidates, before, sha1->state))
            sha1->attacked = true;
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

static const struct sha1_how portable = {sha1_blocks_portable};

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
