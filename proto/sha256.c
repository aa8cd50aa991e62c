/* SPDX-License-Identifier: MIT */
/* SHA-256 (FIPS 180-4, section 6.2), portable. */
#include "sha256.h"

#include "bytes.h"

#include <string.h>

_Static_assert(sizeof(struct sha256) <= HASH_STATE, "HASH_STATE is too small");

const uint32_t sha256_constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static uint32_t ror(uint32_t x, unsigned n)
{
    return x >> n | x << (32 - n);
}

#define SUM(x, i, j, k) (ror(x, i) ^ ror(x, j) ^ ror(x, k))
#define ROUND(t, a, b, c, d, e, f, g, h)                                                \
    (h += SUM(e, 6, 11, 25) + (g ^ (e & (f ^ g))) + sha256_constants[t] + w[t], d += h, \
     h += SUM(a, 2, 13, 22) + ((a & b) | (c & (a | b))))

static void compress(uint32_t state[8], const unsigned char *block)
{
    uint32_t w[64], s[8];
    for (size_t t = 0; t < 16; t++)
        w[t] = bytes_get32(block + 4 * t);
    for (size_t t = 16; t < 64; t++) {
        uint32_t x = w[t - 15], y = w[t - 2];
        w[t] = w[t - 16] + w[t - 7] + (ror(x, 7) ^ ror(x, 18) ^ x >> 3) +
               (ror(y, 17) ^ ror(y, 19) ^ y >> 10);
    }
    memcpy(s, state, sizeof s);
    for (size_t t = 0; t < 64; t += 8) {
        ROUND(t, s[0], s[1], s[2], s[3], s[4], s[5], s[6], s[7]);
        ROUND(t + 1, s[7], s[0], s[1], s[2], s[3], s[4], s[5], s[6]);
        ROUND(t + 2, s[6], s[7], s[0], s[1], s[2], s[3], s[4], s[5]);
        ROUND(t + 3, s[5], s[6], s[7], s[0], s[1], s[2], s[3], s[4]);
        ROUND(t + 4, s[4], s[5], s[6], s[7], s[0], s[1], s[2], s[3]);
        ROUND(t + 5, s[3], s[4], s[5], s[6], s[7], s[0], s[1], s[2]);
        ROUND(t + 6, s[2], s[3], s[4], s[5], s[6], s[7], s[0], s[1]);
        ROUND(t + 7, s[1], s[2], s[3], s[4], s[5], s[6], s[7], s[0]);
    }
    for (size_t i = 0; i < 8; i++)
        state[i] += s[i];
}

static void blocks(uint32_t state[8], const unsigned char *bytes, size_t count)
{
    for (; count > 0; count--, bytes += 64)
        compress(state, bytes);
}

void sha256_begin(union hash *hash)
{
    static const uint32_t start[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                      0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
    struct sha256 *sha256 = (struct sha256 *)hash;
    memcpy(sha256->state, start, sizeof start);
    sha256->size = 0;
}

void sha256_add(union hash *hash, const void *bytes, size_t size, const struct sha256_how *how)
{
    struct sha256 *sha256 = (struct sha256 *)hash;
    const unsigned char *from = bytes;
    size_t used = sha256->size % 64;
    sha256->size += size;
    while (size > 0) {
        if (used == 0 && size >= 64) {
            how->blocks(sha256->state, from, size / 64);
            from += size / 64 * 64;
            size %= 64;
            continue;
        }
        size_t take = size < 64 - used ? size : 64 - used;
        memcpy(sha256->block + used, from, take);
        from += take;
        size -= take;
        used = (used + take) % 64;
        if (used == 0)
            how->blocks(sha256->state, sha256->block, 1);
    }
}

int sha256_end(union hash *hash, struct oid *out, const struct sha256_how *how)
{
    static const unsigned char padding[64] = {0x80};
    struct sha256 *sha256 = (struct sha256 *)hash;
    unsigned char bits[8];
    bytes_put64(bits, sha256->size * 8);
    sha256_add(hash, padding, 1 + (119 - sha256->size % 64) % 64, how);
    sha256_add(hash, bits, sizeof bits, how);
    out->len = OID_SHA256;
    for (size_t i = 0; i < 8; i++)
        bytes_put32(out->id + 4 * i, sha256->state[i]);
    return 0;
}

static const struct sha256_how portable = {blocks};

static void add(union hash *hash, const void *bytes, size_t size)
{
    sha256_add(hash, bytes, size, &portable);
}

static int end(union hash *hash, struct oid *out)
{
    return sha256_end(hash, out, &portable);
}

const struct hash_ops hash_sha256 = {"sha256", "portable", OID_SHA256, sha256_begin, add, end};
