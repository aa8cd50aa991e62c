/* SPDX-License-Identifier: MIT */
/* Both hashes against published values, the collision attacks, and mbedTLS. */
#include "proto/hash.h"
#include "system/cpu.h"
#include "t.h"

#include <mbedtls/sha1.h>
#include <mbedtls/sha256.h>
#include <mbedtls/version.h>
#include <stdlib.h>

#if MBEDTLS_VERSION_MAJOR < 3
#define mbedtls_sha1 mbedtls_sha1_ret
#define mbedtls_sha256 mbedtls_sha256_ret
#endif

static int hash_of(const struct hash_ops *ops, const unsigned char *bytes, size_t size,
                   size_t piece, struct oid *out)
{
    union hash hash;
    ops->begin(&hash);
    for (size_t done = 0; done < size; done += piece)
        ops->add(&hash, bytes + done, size - done < piece ? size - done : piece);
    return ops->end(&hash, out);
}

static void known(const struct hash_ops *ops, const char *text, const char *expected)
{
    struct oid oid;
    char hex[OID_HEX];
    hash_of(ops, (const unsigned char *)text, strlen(text), 7, &oid);
    CHECK_TEXT(oid_hex(&oid, hex), expected);
}

static uint32_t random_state = 1;

static unsigned char random_byte(void)
{
    random_state = random_state * 1664525 + 1013904223;
    return (unsigned char)(random_state >> 24);
}

/* Every length to 300, then many random messages, in random pieces. */
static void against_mbedtls(const struct hash_ops *ops)
{
    enum { MOST = 1000 };
    const int messages = ops->oid_len == OID_SHA1 ? 1000000 : 100000;
    unsigned char message[MOST], other[32];
    int wrong = 0;
    for (int i = 0; i < messages; i++) {
        size_t size = i < 300 ? (size_t)i : (size_t)random_byte() * (random_byte() & 3);
        struct oid oid;
        for (size_t k = 0; k < size; k += 3)
            message[k] = random_byte();
        if (hash_of(ops, message, size, (size_t)random_byte() + 1, &oid) < 0)
            wrong++;
        if (ops->oid_len == OID_SHA1)
            mbedtls_sha1(message, size, other);
        else
            mbedtls_sha256(message, size, other, 0);
        wrong += memcmp(other, oid.id, ops->oid_len) != 0;
    }
    CHECK(wrong == 0, "%s %s: %d of %d differ", ops->name, ops->how, wrong, messages);
}

static size_t unhex(const char *hex, unsigned char *out)
{
    size_t size = 0;
    unsigned value;
    for (; sscanf(hex, "%2x", &value) == 1; hex += 2)
        out[size++] = (unsigned char)value;
    return size;
}

/* R12: all four published messages are refused; with one bit flipped they are as any other. */
static void attacks(const struct hash_ops *ops)
{
    static char line[8192], name[64], sum[64], hex[4096];
    static unsigned char message[2048];
    FILE *file = fopen("fixtures/sha1-collision/collisions.tsv", "r");
    int rows = 0;
    CHECK(file != NULL, "no collisions.tsv: run from the top of the tree");
    while (file && fgets(line, sizeof line, file)) {
        struct oid oid;
        char got[OID_HEX];
        unsigned char other[20];
        if (sscanf(line, "%63[^\t#]\t%63s\t%4095s", name, sum, hex) != 3)
            continue;
        size_t size = unhex(hex, message);
        rows++;
        CHECK(hash_of(ops, message, size, 1000, &oid) < 0, "%s was accepted", name);
        CHECK_TEXT(oid_hex(&oid, got), sum);
        message[size - 5] ^= 1;
        CHECK(hash_of(ops, message, size, 50, &oid) == 0, "%s with a flipped bit", name);
        mbedtls_sha1(message, size, other);
        CHECK(memcmp(other, oid.id, 20) == 0, "%s with a flipped bit: another sum", name);
    }
    CHECK(rows == 4, "%d rows", rows);
    if (file)
        fclose(file);
}

int main(void)
{
    const struct hash_ops *sha1[] = {&hash_sha1, hash_best_sha1()};
    const struct hash_ops *sha256[] = {&hash_sha256, hash_best_sha256()};
    for (int i = 0; i < 2; i++) {
        known(sha1[i], "", "da39a3ee5e6b4b0d3255bfef95601890afd80709");
        known(sha1[i], "abc", "a9993e364706816aba3e25717850c26c9cd0d89d");
        known(sha256[i], "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        known(sha256[i], "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
              "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
        attacks(sha1[i]);
        against_mbedtls(sha1[i]);
        against_mbedtls(sha256[i]);
    }
    CHECK(system("sh proto/sha1_check.sh | cmp - proto/sha1_check.h") == 0,
          "proto/sha1_check.h is not what the figures give");
    return T_DONE();
}
