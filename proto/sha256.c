/* SPDX-License-Identifier: MIT */
/* SHA-256 (FIPS 180-4, section 6.2), portable. */
#include "hash.h"

#include "bytes.h"

#include <string.h>

struct sha256 {
    uint32_t state[8];
    uint64_t size; /* bytes so far */
    unsigned char block[64];
};

_Static_assert(sizeof(struct sha256) <= HASH_STATE, "HASH_STATE is too small");

static const uint32_t constants[64] = {
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
    for (size_t t = 0; t < 64; t++) {
        uint32_t sum1 = ror(s[4], 6) ^ ror(s[4], 11) ^ ror(s[4], 25);
        uint32_t sum0 = ror(s[0], 2) ^ ror(s[0], 13) ^ ror(s[0], 22);
        uint32_t one = s[7] + sum1 + (s[6] ^ (s[4] & (s[5] ^ s[6]))) + constants[t] + w[t];
        uint32_t two = sum0 + ((s[0] & s[1]) | (s[2] & (s[0] | s[1])));
        memmove(s + 1, s, 7 * sizeof *s);
        s[4] += one;
        s[0] = one + two;
    }
    for (size_t i = 0; i < 8; i++)
        state[i] += s[i];
}

static void begin(union hash *hash)
{
    static const uint32_t start[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                      0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
    struct sha256 *sha256 = (struct sha256 *)hash;
    memcpy(sha256->state, start, sizeof start);
    sha256->size = 0;
}

static void add(union hash *hash, const void *bytes, size_t size)
{
    struct sha256 *sha256 = (struct sha256 *)hash;
    const unsigned char *from = bytes;
    size_t used = sha256->size % 64;
    sha256->size += size;
    while (size > 0) {
        if (used == 0 && size >= 64) {
            compress(sha256->state, from);
            from += 64;
            size -= 64;
            continue;
        }
        size_t take = size < 64 - used ? size : 64 - used;
        memcpy(sha256->block + used, from, take);
        from += take;
        size -= take;
        used = (used + take) % 64;
        if (used == 0)
            compress(sha256->state, sha256->block);
    }
}

static int end(union hash *hash, struct oid *out)
{
    static const unsigned char padding[64] = {0x80};
    struct sha256 *sha256 = (struct sha256 *)hash;
    unsigned char bits[8];
    bytes_put64(bits, sha256->size * 8);
    add(hash, padding, 1 + (119 - sha256->size % 64) % 64);
    add(hash, bits, sizeof bits);
    out->len = OID_SHA256;
    for (size_t i = 0; i < 8; i++)
        bytes_put32(out->id + 4 * i, sha256->state[i]);
    return 0;
}

const struct hash_ops hash_sha256 = {"sha256", "portable", OID_SHA256, begin, add, end};
