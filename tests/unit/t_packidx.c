/* SPDX-License-Identifier: MIT */
#include "objects/packidx.h"

#include "pieces.h"
#include "proto/bytes.h"
#include "t.h"

#include <inttypes.h>
#include <stdlib.h>

/* Three objects; the offset of the last does not fit 31 bits. */
enum { COUNT = 3, OID = OID_SHA1, NAMES = 8 + 1024, OFFSETS = NAMES + COUNT * (OID + 4) };
enum { LARGE = OFFSETS + COUNT * 4, SIZE = LARGE + 8 + 2 * OID };
static const uint64_t PACK_SIZE = UINT64_C(5) << 32;

static const struct packidx_item items[COUNT] = {
    {(const unsigned char *)"\x00"
                            "bcdefghijklmnopqrst",
     0x01020304, 12},
    {(const unsigned char *)"\x61"
                            "bcdefghijklmnopqrst",
     0xfffffffe, 0x7fffffff},
    {(const unsigned char *)"\xff"
                            "bcdefghijklmnopqrst",
     0, UINT64_C(1) << 32},
};

static struct packidx_item item(void *context, uint32_t number)
{
    (void)context;
    return items[number];
}

static size_t make(unsigned char *bytes, size_t room, uint32_t count, const struct hash_ops *hash)
{
    struct fault fault = {.class = FAULT_NONE};
    struct memory_writer out;
    struct oid pack_hash = {.len = (unsigned char)hash->oid_len, .id = "the pack's own"};
    writer_memory(&out, bytes, room, "memory", &fault);
    CHECK(packidx_write(&out.writer, hash, count, item, NULL, &pack_hash) == 0, "%s", fault.text);
    return out.used;
}

static void reads_back(void)
{
    unsigned char bytes[2000];
    struct fault fault = {.class = FAULT_NONE};
    struct packidx idx;
    union hash hash;
    struct oid own, absent = {.len = OID,
                              .id = "\x61"
                                    "b"};
    size_t size = make(bytes, sizeof bytes, COUNT, &hash_sha1);
    CHECK(size == SIZE, "%zu", size);
    CHECK(bytes_get32(bytes + OFFSETS - 8) == 0xfffffffe, "CRC");
    CHECK(memcmp(bytes + SIZE - 2 * OID, "the pack's own", 14) == 0, "pack hash");
    hash_sha1.begin(&hash);
    hash_sha1.add(&hash, bytes, SIZE - OID);
    hash_sha1.end(&hash, &own);
    CHECK(memcmp(bytes + SIZE - OID, own.id, OID) == 0, "own hash");
    CHECK(packidx_open(&idx, pieces_guard(bytes, size), size, OID, PACK_SIZE, NULL, &fault) == 0,
          "%s", fault.text);
    for (uint32_t n = 0; n < COUNT; n++) {
        struct oid oid = oid_from(items[n].id, OID), got = packidx_oid(&idx, n);
        uint32_t number = 99;
        CHECK(packidx_find(&idx, &oid, &number) && number == n, "found as %" PRIu32, number);
        CHECK(packidx_offset(&idx, n) == items[n].offset, "%" PRIu64, packidx_offset(&idx, n));
        CHECK(oid_equal(&oid, &got), "name %" PRIu32, n);
    }
    uint32_t number;
    CHECK(!packidx_find(&idx, &absent, &number), "found what is not there");
}

static void none_and_sha256(void)
{
    unsigned char bytes[2000];
    struct fault fault = {.class = FAULT_NONE};
    struct packidx idx;
    struct oid absent = {.len = OID};
    uint32_t number;
    size_t size = make(bytes, sizeof bytes, 0, &hash_sha1);
    CHECK(packidx_open(&idx, pieces_guard(bytes, size), size, OID, 32, NULL, &fault) == 0, "%s",
          fault.text);
    CHECK(!packidx_find(&idx, &absent, &number), "found in nothing");
    size = make(bytes, sizeof bytes, 0, &hash_sha256);
    CHECK(packidx_open(&idx, pieces_guard(bytes, size), size, OID_SHA256, 44, NULL, &fault) == 0,
          "%s", fault.text);
}

/* K9: one change each to the index that is right. */
static const struct {
    const char *why;
    size_t at, size; /* SIZE bytes are replaced at AT */
    const char *bytes;
    size_t length; /* of the file; 0: as it is */
    const char *words;
} rows[] = {
    {"K9: magic", 0, 1, "\xfe", 0, "idx: no index of version 2"},
    {"K9: version 3", 7, 1, "\3", 0, "idx: no index of version 2"},
    {"K9: version 1", 0, 8, "\0\0\0\0\0\0\0\0", 0, "idx: no index of version 2"},
    {"K9: cut before the tables end", 0, 0, "", 8 + 1024 + 39, "idx: no index of version 2"},
    {"K9: empty", 0, 0, "", 1, "idx: no index of version 2"},
    {"K9: cut by one", 0, 0, "", SIZE - 1, "idx: 1163 bytes do not hold 3 objects"},
    {"K9: cut by a large offset", 0, 0, "", SIZE - 8, "idx: large offset 0 of 0"},
    {"K9, K11: 2^32-1 objects", 8 + 4 * 255, 4, "\xff\xff\xff\xff", 0,
     "do not hold 4294967295 objects"},
    {"K9: the fan-out falls", 8 + 4 * 5, 4, "\0\0\0\0", 0, "idx: the fan-out falls at 5"},
    {"K9: the fan-out rises over the count", 8 + 4 * 254, 4, "\0\0\0\x09", 0,
     "idx: the fan-out falls at 255"},
    {"K9: a fan-out of another", 8 + 4 * 0x60, 4, "\0\0\0\2", 0,
     "idx: name 1 is not where the fan-out says"},
    {"K9: a name not where the fan-out says", NAMES, 1, "\x01", 0,
     "idx: name 0 is not where the fan-out says"},
    {"K9: names out of order", NAMES + 20, 1, "\0", 0, "name 1 is not where the fan-out says"},
    {"K9: an offset into the header", OFFSETS, 4, "\0\0\0\x0b", 0,
     "idx: object 0 at byte 11, outside of the pack"},
    {"K9: an offset into the trailer", LARGE, 8, "\0\0\0\4\xff\xff\xff\xec", 0,
     "idx: object 2 at byte 21474836460, outside of the pack"},
    {"K9, K11: an offset of 2^64-1", LARGE, 8, "\xff\xff\xff\xff\xff\xff\xff\xff", 0,
     "object 2 at byte 18446744073709551615, outside"},
    {"K9: large offset 1 of 1", OFFSETS + 8, 4, "\x80\0\0\1", 0, "idx: large offset 1 of 1"},
    {"K9: large offset 2^31-1", OFFSETS, 4, "\xff\xff\xff\xff", 0,
     "idx: large offset 2147483647 of 1"},
};

static void damaged(void)
{
    unsigned char good[2000];
    make(good, sizeof good, COUNT, &hash_sha1);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct fault fault = {.class = FAULT_NONE};
        struct packidx idx;
        unsigned char bytes[SIZE];
        size_t size = rows[i].length ? rows[i].length : SIZE;
        memcpy(bytes, good, SIZE);
        memcpy(bytes + rows[i].at, rows[i].bytes, rows[i].size);
        CHECK(packidx_open(&idx, pieces_guard(bytes, size), size, OID, PACK_SIZE, NULL, &fault) < 0,
              "%s: taken", rows[i].why);
        CHECK(fault.class == FAULT_PROTOCOL && strstr(fault.text, rows[i].words), "%s: %s",
              rows[i].why, fault.text);
    }
}

static void names_out_of_order(void)
{
    unsigned char bytes[2000];
    struct fault fault = {.class = FAULT_NONE};
    struct packidx idx;
    size_t size = make(bytes, sizeof bytes, 2, &hash_sha1);
    memcpy(bytes + NAMES, "\x61\x7a", 2); /* both names begin with 61 now */
    for (size_t byte = 0; byte < 0x61; byte++)
        bytes_put32(bytes + 8 + 4 * byte, 0);
    CHECK(packidx_open(&idx, pieces_guard(bytes, size), size, OID, PACK_SIZE, NULL, &fault) < 0,
          "taken");
    CHECK_TEXT(fault.text, "idx: name 1 is out of order");
    size = make(bytes, sizeof bytes, 1, &hash_sha1);
    memmove(bytes + size - 40 + 16, bytes + size - 40, 40); /* two large offsets too many */
    fault_clear(&fault);
    CHECK(packidx_open(&idx, pieces_guard(bytes, size + 16), size + 16, OID, PACK_SIZE, NULL,
                       &fault) < 0,
          "taken");
    CHECK_TEXT(fault.text, "idx: more large offsets than objects");
}

/* K9: whatever one bit does, nothing outside of the index is read and every answer is bounded. */
static void any_bit(void)
{
    unsigned char good[2000];
    struct oid oid = oid_from(items[1].id, OID);
    make(good, sizeof good, COUNT, &hash_sha1);
    for (size_t bit = 0; bit < 8 * (size_t)SIZE; bit++) {
        struct fault fault = {.class = FAULT_NONE};
        struct packidx idx;
        uint32_t number;
        good[bit / 8] ^= (unsigned char)(1 << bit % 8);
        if (packidx_open(&idx, pieces_guard(good, SIZE), SIZE, OID, PACK_SIZE, NULL, &fault) == 0) {
            if (packidx_find(&idx, &oid, &number) && number >= COUNT)
                CHECK(0, "bit %zu: number %" PRIu32, bit, number);
            for (uint32_t n = 0; n < COUNT; n++)
                if (packidx_offset(&idx, n) >= PACK_SIZE - OID)
                    CHECK(0, "bit %zu: offset %" PRIu64, bit, packidx_offset(&idx, n));
        }
        good[bit / 8] ^= (unsigned char)(1 << bit % 8);
    }
    CHECK(1, "done");
}

int main(void)
{
    reads_back();
    none_and_sha256();
    damaged();
    names_out_of_order();
    any_bit();
    return T_DONE();
}
