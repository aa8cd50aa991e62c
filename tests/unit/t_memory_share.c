/* SPDX-License-Identifier: MIT */
/* What one run may take of memory: the sums that --mem promises. */
#include "receive/memory_share.h"

#include "receive/arrivals.h"
#include "receiver.h"

#include <inttypes.h>

/* The sums of the header: a table of 48 bytes an object (60 with SHA-256), 1.5 MiB for all else. */
static void shares(void)
{
    enum { KIB = 1024, MIB = 1024 * KIB };
    static const struct {
        const char *why;
        uint64_t memory;
        size_t oid_len;
        uint32_t count;
        const char *words; /* of the refusal; NULL: taken */
        struct memory_share share;
    } rows[] = {
        {"no limit", 0, OID_SHA1, 1000, NULL, {256 * KIB, 2 * MIB, MIB, 32 * MIB, MIB, SIZE_MAX}},
        {"no limit, and the most objects",
         0,
         OID_SHA256,
         UINT32_MAX,
         NULL,
         {256 * KIB, 2 * MIB, MIB, 32 * MIB, MIB, SIZE_MAX}},
        {"the least",
         2 * MIB,
         OID_SHA1,
         0,
         NULL,
         {256 * KIB, 256 * KIB, 64 * KIB, 64 * KIB, 64 * KIB, 128 * KIB}},
        {"a byte below it",
         2 * MIB - 1,
         OID_SHA1,
         0,
         "a pack of 0 objects needs 2048 KiB of memory, --mem allows 2047",
         {0}},
        {"one object in the least",
         2 * MIB,
         OID_SHA1,
         1,
         "a pack of 1 objects needs 2049 KiB of memory, --mem allows 2048",
         {0}},
        {"a table of 1 MiB",
         3 * MIB,
         OID_SHA1,
         MIB / 48,
         NULL,
         {256 * KIB, 256 * KIB + 8, 64 * KIB + 2, 64 * KIB + 2, 64 * KIB + 2, 128 * KIB + 4}},
        {"the same with longer names", 3 * MIB, OID_SHA256, MIB / 48, "needs 3328 KiB", {0}},
        {"the most objects",
         64 * MIB,
         OID_SHA256,
         UINT32_MAX,
         "a pack of 4294967295 objects needs 251660288 KiB",
         {0}},
        {"much", (uint64_t)1 << 40, OID_SHA1, 1000, NULL, {256 * KIB, 0, MIB, 32 * MIB, MIB, 0}},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct fault fault = {.class = FAULT_NONE};
        struct memory_share got;
        const struct memory_share *share = &rows[i].share;
        int rc = memory_share(rows[i].memory, rows[i].oid_len, rows[i].count, &got, &fault);
        CHECK((rc < 0) == (rows[i].words != NULL), "%s: %s", rows[i].why, fault.text);
        if (rows[i].words) {
            CHECK(fault.class == FAULT_LIMIT && strstr(fault.text, rows[i].words), "%s: %s",
                  rows[i].why, fault.text);
            continue;
        }
        CHECK(got.cache_first == share->cache_first, "%s: %zu", rows[i].why, got.cache_first);
        CHECK(share->cache_most == 0 || got.cache_most == share->cache_most, "%s: %zu", rows[i].why,
              got.cache_most);
        CHECK(got.whole == share->whole, "%s: %zu", rows[i].why, got.whole);
        CHECK(got.linked == share->linked, "%s: %zu", rows[i].why, got.linked);
        CHECK(share->waiting == 0 || got.waiting == share->waiting, "%s: %zu", rows[i].why,
              got.waiting);
        CHECK(got.queue == share->queue, "%s: %zu", rows[i].why, got.queue);
    }
}

/* Whatever --mem says, all shares together stay below it. */
static void sums(void)
{
    struct fault fault = {.class = FAULT_NONE};
    struct memory_share got;
    for (uint64_t memory = 4 << 20; memory < 64 << 20; memory += 999983) {
        uint32_t count = (uint32_t)(memory / 100);
        CHECK(memory_share(memory, OID_SHA1, count, &got, &fault) == 0, "%s", fault.text);
        uint64_t all =
            arrivals_memory(OID_SHA1, count) + got.cache_most + got.whole + got.linked + got.queue;
        /* When the list of what waits is there, nothing is queued. */
        uint64_t end = all - got.queue + got.waiting;
        CHECK(end <= memory, "%" PRIu64 " of %" PRIu64 " at the end", end, memory);
        CHECK(all <= memory && got.cache_first <= got.cache_most, "%" PRIu64 " of %" PRIu64, all,
              memory);
    }
}

static void memory_limit(void)
{
    struct packmake pack;
    struct receive_result result;
    struct fault fault;
    packmake_begin(&pack);
    pack.count = 50000000;
    packmake_end(&pack);
    CHECK(run_with(&pack, 1000, NULL, 24 << 20, NULL, &result, &fault) < 0 &&
              fault.class == FAULT_LIMIT && strstr(fault.text, "--mem allows"),
          "%s", fault.text);
    free(pack.bytes);
}

int main(void)
{
    scratch_open();
    new_repo();
    shares();
    sums();
    memory_limit();
    close(git_dir);
    scratch_close();
    return T_DONE();
}
