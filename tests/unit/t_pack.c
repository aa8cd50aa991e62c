/* SPDX-License-Identifier: MIT */
#include "pieces.h"
#include "proto/pack.h"
#include "t.h"

#include <inttypes.h>

struct row {
    const char *why, *bytes;
    size_t size;
    enum fault_class class;
    const char *words;
    struct pack_entry entry; /* when there is no fault; in header rows, size is the count */
    uint64_t offset;         /* of the entry; 0: a header */
    size_t oid_len;
};

#define ID "abcdefghijklmnopqrst"
#define ID256 "abcdefghijklmnopqrstuvwxyz012345"

static const struct row rows[] = {
    {"two objects", BYTES("PACK\0\0\0\2\0\0\0\2"), 0, "", {.size = 2}, 0, 0},
    {"K1: the empty pack", BYTES("PACK\0\0\0\2\0\0\0\0"), 0, "", {.size = 0}, 0, 0},
    {"K1: 2^32-1 objects",
     BYTES("PACK\0\0\0\2\xff\xff\xff\xff"),
     0,
     "",
     {.size = UINT32_MAX},
     0,
     0},
    {"K1: magic", BYTES("PICK\0\0\0\2\0\0\0\0"), FAULT_PROTOCOL, "begins with \"PICK\"", {0}, 0, 0},
    {"K1, R8: magic with ESC",
     BYTES("\033]0;\0\0\0\2\0\0\0\0"),
     FAULT_PROTOCOL,
     "begins with \"^[]0;\"",
     {0},
     0,
     0},
    {"K1: version 3",
     BYTES("PACK\0\0\0\3\0\0\0\0"),
     FAULT_PROTOCOL,
     "version 3, expected 2",
     {0},
     0,
     0},
    {"K8: cut in the header", BYTES("PACK\0\0\0\2\0\0\0"), FAULT_PROTOCOL, "test", {0}, 0, 0},

    {"commit of 10", BYTES("\x1a"), 0, "", {.type = OBJECT_COMMIT, .size = 10}, 12, 20},
    {"tree of 300", BYTES("\xac\x12"), 0, "", {.type = OBJECT_TREE, .size = 300}, 12, 20},
    {"empty blob", BYTES("\x30"), 0, "", {.type = OBJECT_BLOB, .size = 0}, 12, 20},
    {"tag", BYTES("\x41"), 0, "", {.type = OBJECT_TAG, .size = 1}, 12, 20},
    {"padded size", BYTES("\xb1\x80\x00"), 0, "", {.type = OBJECT_BLOB, .size = 1}, 12, 20},
    {"2^64-1",
     BYTES("\xbf\xff\xff\xff\xff\xff\xff\xff\xff\x0f"),
     0,
     "",
     {.type = OBJECT_BLOB, .size = UINT64_MAX},
     12,
     20},
    {"K2: 2^64",
     BYTES("\xb0\x80\x80\x80\x80\x80\x80\x80\x80\x10"),
     FAULT_PROTOCOL,
     "the size of the entry at byte 12 overflows 64 bits",
     {0},
     12,
     20},
    {"K2: size without end",
     BYTES("\xb0\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x00"),
     FAULT_PROTOCOL,
     "overflows 64 bits",
     {0},
     12,
     20},
    {"K2: type 0",
     BYTES("\x05"),
     FAULT_PROTOCOL,
     "the entry at byte 99 has type 0, which does not exist",
     {0},
     99,
     20},
    {"K2: type 5", BYTES("\x51"), FAULT_PROTOCOL, "has type 5", {0}, 99, 20},
    {"K8: nothing", BYTES(""), FAULT_PROTOCOL, "test", {0}, 12, 20},
    {"K8: cut in the size", BYTES("\xb0\x80"), FAULT_PROTOCOL, "test", {0}, 12, 20},

    {"OFS_DELTA, 1 back",
     BYTES("\x61\x01"),
     0,
     "",
     {.type = OBJECT_OFS_DELTA, .size = 1, .base_offset = 99},
     100,
     20},
    {"OFS_DELTA, 128 back",
     BYTES("\x61\x80\x00"),
     0,
     "",
     {.type = OBJECT_OFS_DELTA, .size = 1, .base_offset = 72},
     200,
     20},
    {"OFS_DELTA, to the first entry",
     BYTES("\x61\x58"),
     0,
     "",
     {.type = OBJECT_OFS_DELTA, .size = 1, .base_offset = 12},
     100,
     20},
    {"K11: OFS_DELTA over 4 GiB",
     BYTES("\x61\x8e\xfe\xfe\xfe\x7f"),
     0,
     "",
     {.type = OBJECT_OFS_DELTA, .size = 1, .base_offset = 0x200000000 - 0xffffffff},
     0x200000000,
     20},
    {"K4: OFS 0",
     BYTES("\x61\x00"),
     FAULT_PROTOCOL,
     "has its base 0 bytes before itself, where no entry can be",
     {0},
     100,
     20},
    {"K4: OFS into the header",
     BYTES("\x61\x59"),
     FAULT_PROTOCOL,
     "has its base 89 bytes",
     {0},
     100,
     20},
    {"K4: OFS before the start",
     BYTES("\x61\x7f"),
     FAULT_PROTOCOL,
     "has its base 127 bytes",
     {0},
     100,
     20},
    {"K4: OFS overflow",
     BYTES("\x61\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x00"),
     FAULT_PROTOCOL,
     "the base distance of the entry at byte 100 overflows 64 bits",
     {0},
     100,
     20},
    {"K8: cut in the distance", BYTES("\x61\x80"), FAULT_PROTOCOL, "test", {0}, 100, 20},
    {"REF_DELTA, SHA-1",
     BYTES("\x71" ID),
     0,
     "",
     {.type = OBJECT_REF_DELTA, .size = 1, .base = {ID, 20}},
     12,
     20},
    {"REF_DELTA, SHA-256",
     BYTES("\x71" ID256),
     0,
     "",
     {.type = OBJECT_REF_DELTA, .size = 1, .base = {ID256, 32}},
     12,
     32},
    {"K8: cut in the base's name", BYTES("\x71" ID), FAULT_PROTOCOL, "test", {0}, 12, 32},
};

static void run(struct reader *in, void *context)
{
    const struct row *row = context;
    struct pack_entry entry = {0};
    uint32_t count = 0;
    int rc;
    if (row->offset == 0) {
        rc = pack_read_header(in, &count);
        entry.size = count;
    } else {
        rc = pack_read_entry(in, row->offset, row->oid_len, &entry);
    }
    CHECK(in->fault->class == row->class && (rc == 0) == (row->class == FAULT_NONE),
          "%s: class %d, \"%s\"", row->why, (int)in->fault->class, in->fault->text);
    CHECK(strstr(in->fault->text, row->words), "%s: \"%s\"", row->why, in->fault->text);
    if (rc < 0)
        return;
    CHECK(entry.type == row->entry.type && entry.size == row->entry.size &&
              entry.base_offset == row->entry.base_offset,
          "%s: type %d, size %" PRIu64 ", base %" PRIu64, row->why, (int)entry.type, entry.size,
          entry.base_offset);
    CHECK(memcmp(&entry.base, &row->entry.base, sizeof entry.base) == 0, "%s: base", row->why);
    CHECK(reader_tell(in) == row->size, "%s: stopped at %" PRIu64, row->why, reader_tell(in));
}

/* What is written reads back the same. */
static void round_trip(void)
{
    unsigned char head[PACK_ENTRY_HEAD_MAX];
    struct pack_entry entry;
    struct reader in;
    struct fault fault = {.class = FAULT_NONE};
    for (unsigned bit = 0; bit < 64; bit++) {
        uint64_t size = UINT64_MAX >> bit;
        size_t used = pack_format_entry(head, OBJECT_TREE, size);
        reader_memory(&in, head, used, "memory", &fault);
        CHECK(pack_read_entry(&in, 12, 20, &entry) == 0 && entry.size == size &&
                  entry.type == OBJECT_TREE && reader_fill(&in) == 0,
              "%" PRIu64 ": %s", size, fault.text);
    }
    uint32_t count = 0;
    reader_memory(&in, head, pack_format_header(head, 70000), "memory", &fault);
    CHECK(pack_read_header(&in, &count) == 0 && count == 70000, "%" PRIu32, count);
}

int main(void)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        pieces_all(rows[i].bytes, rows[i].size, run, (void *)&rows[i]);
    round_trip();
    CHECK_TEXT(pack_type_name(OBJECT_TAG), "tag");
    CHECK_TEXT(pack_type_name(OBJECT_OFS_DELTA), "?");
    return T_DONE();
}
