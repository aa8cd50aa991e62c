/* SPDX-License-Identifier: MIT */
/* make bench-hash: MB/s of each hash on this CPU, for large and small objects, beside OpenSSL's
 * plain ones and git's own detecting SHA-1. All take turns, the best of several turns counts: what
 * else runs on the machine slows one turn, not one row. Digests are compared. A path by the CPU's
 * instructions that has less than 1.2 times the speed of the portable one is a fault: exit 1. */
#include "proto/hash.h"
#include "system/cpu.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { LARGE = 4 * 1000 * 1000, TURN = 4 * 1000 * 1000, TURNS = 60, GIT_TURNS = 5, GIT_TIMES = 64 };

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* One contestant: OPS, or OpenSSL's digest where that is NULL. */
struct row {
    const struct hash_ops *ops;
    const EVP_MD *plain;
    double best; /* MB/s */
    unsigned char digest[32];
};

static void ours(struct row *row, const unsigned char *bytes, size_t size, size_t times)
{
    struct oid oid = {.len = 20};
    for (size_t i = 0; i < times; i++) {
        union hash hash;
        row->ops->begin(&hash);
        row->ops->add(&hash, oid.id, 20);
        row->ops->add(&hash, bytes, size);
        row->ops->end(&hash, &oid);
    }
    memcpy(row->digest, oid.id, oid.len);
}

static void openssl(struct row *row, const unsigned char *bytes, size_t size, size_t times)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    memset(row->digest, 0, sizeof row->digest);
    for (size_t i = 0; i < times; i++) {
        EVP_DigestInit_ex(context, row->plain, NULL);
        EVP_DigestUpdate(context, row->digest, 20);
        EVP_DigestUpdate(context, bytes, size);
        EVP_DigestFinal_ex(context, row->digest, NULL);
    }
    EVP_MD_CTX_free(context);
}

/* What a path of its own has to gain over the portable one. */
static const double WORTH = 1.2;

/* Portable, the CPU's, OpenSSL's, in turns. 1 when the digests differ or the second is too slow. */
static int compare(struct row rows[3], const char *name, const unsigned char *bytes, size_t size)
{
    size_t times = TURN / size;
    for (int turn = 0; turn < TURNS; turn++)
        for (struct row *row = rows; row < rows + 3; row++) {
            double start = now();
            (row->ops ? ours : openssl)(row, bytes, size, times);
            double speed = (double)(times * size) / 1e6 / (now() - start);
            row->best = speed > row->best ? speed : row->best;
        }
    printf("%s, objects of %zu bytes\n", name, size);
    for (struct row *row = rows; row < rows + 3; row++)
        printf("  %-18s %6.0f MB/s   %.2f of OpenSSL\n",
               row->ops ? row->ops->how : "OpenSSL, plain", row->best, row->best / rows[2].best);
    if (memcmp(rows[0].digest, rows[1].digest, sizeof rows->digest) != 0 ||
        memcmp(rows[0].digest, rows[2].digest, sizeof rows->digest) != 0) {
        puts("  the digests differ");
        return 1;
    }
    if (rows[1].ops != rows[0].ops && rows[1].best < WORTH * rows[0].best) {
        printf("  %s is slower than %.1f times the portable one\n", rows[1].ops->how, WORTH);
        return 1;
    }
    return 0;
}

/* MB/s of git's own SHA-1, process and all; 0 when there is no git. */
static double git(const unsigned char *bytes)
{
    char path[] = "/tmp/bench-hash-XXXXXX", command[128];
    double best = 0;
    int fd = mkstemp(path);
    FILE *file = fd < 0 ? NULL : fdopen(fd, "wb");
    for (int i = 0; file && i < GIT_TIMES; i++)
        fwrite(bytes, 1, LARGE, file);
    if (!file || fclose(file) != 0)
        return 0;
    snprintf(command, sizeof command, "git hash-object --no-filters %s >/dev/null", path);
    for (int turn = 0; turn < GIT_TURNS; turn++) {
        double start = now();
        if (system(command) != 0)
            break;
        double speed = (double)LARGE * GIT_TIMES / 1e6 / (now() - start);
        best = speed > best ? speed : best;
    }
    unlink(path);
    return best;
}

int main(void)
{
    static const size_t sizes[] = {LARGE, 4096, 300};
    unsigned char *bytes = malloc(LARGE);
    int failed = 0;
    double portable = 0;
    for (size_t i = 0; i < LARGE; i++)
        bytes[i] = (unsigned char)(rand() >> 7);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct row sha1[3] = {
            {.ops = &hash_sha1}, {.ops = hash_best_sha1()}, {.plain = EVP_sha1()}};
        struct row sha256[3] = {
            {.ops = &hash_sha256}, {.ops = hash_best_sha256()}, {.plain = EVP_sha256()}};
        failed |=
            compare(sha1, "SHA-1", bytes, sizes[i]) | compare(sha256, "SHA-256", bytes, sizes[i]);
        portable = i == 0 ? sha1->best : portable;
    }
    double theirs = git(bytes);
    printf("git hash-object, %d MB: %.0f MB/s; portable SHA-1 has %.2f of it\n",
           LARGE / 1000000 * GIT_TIMES, theirs, theirs > 0 ? portable / theirs : 0);
    free(bytes);
    return failed;
}
