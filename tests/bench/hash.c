/* SPDX-License-Identifier: MIT */
/* make bench-hash: MB/s of each SHA-1 on this CPU, for large and small objects, and of OpenSSL's
 * plain SHA-1 in the same run. Prints a digest that depends on the work. */
#include "hash.h"
#include "cpu.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { TOTAL = 400 * 1000 * 1000 };

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double ours(const struct hash_ops *ops, const unsigned char *bytes, size_t size)
{
    struct oid oid = {.len = 20};
    char hex[OID_HEX];
    size_t times = TOTAL / size;
    double start = now();
    for (size_t i = 0; i < times; i++) {
        union hash hash;
        ops->begin(&hash);
        ops->add(&hash, oid.id, 20);
        ops->add(&hash, bytes, size);
        ops->end(&hash, &oid);
    }
    double speed = (double)(times * size) / 1e6 / (now() - start);
    printf("  %-18s %9zu bytes: %6.0f MB/s  %.8s\n", ops->how, size, speed, oid_hex(&oid, hex));
    return speed;
}

static double openssl(const unsigned char *bytes, size_t size)
{
    unsigned char digest[20] = {0};
    unsigned length;
    size_t times = TOTAL / size;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    double start = now();
    for (size_t i = 0; i < times; i++) {
        EVP_DigestInit_ex(context, EVP_sha1(), NULL);
        EVP_DigestUpdate(context, digest, 20);
        EVP_DigestUpdate(context, bytes, size);
        EVP_DigestFinal_ex(context, digest, &length);
    }
    double speed = (double)(times * size) / 1e6 / (now() - start);
    printf("  %-18s %9zu bytes: %6.0f MB/s  %02x%02x%02x%02x\n", "OpenSSL, plain", size, speed,
           digest[0], digest[1], digest[2], digest[3]);
    EVP_MD_CTX_free(context);
    return speed;
}

int main(void)
{
    static const size_t sizes[] = {16 * 1000 * 1000, 4096, 300};
    unsigned char *bytes = malloc(sizes[0]);
    for (size_t i = 0; i < sizes[0]; i++)
        bytes[i] = (unsigned char)(rand() >> 7);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        ours(&hash_sha1, bytes, sizes[i]);
        double best = ours(hash_best_sha1(), bytes, sizes[i]);
        printf("  ratio to OpenSSL: %.2f\n", best / openssl(bytes, sizes[i]));
    }
    free(bytes);
    return 0;
}
