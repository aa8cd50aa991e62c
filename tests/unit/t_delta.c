/* SPDX-License-Identifier: MIT */
#include "pieces.h"
#include "proto/delta.h"
#include "t.h"

#include <inttypes.h>
#include <stdlib.h>

static const char base[] = "0123456789abcdef"; /* 16 bytes: \x10 */

struct row {
    const char *why, *bytes;
    size_t size;
    enum fault_class class;
    const char *words, *result;
};

static const struct row rows[] = {
    {"copy all", BYTES("\x10\x10\x90\x10"), 0, "", base},
    {"copy with an offset", BYTES("\x10\x04\x91\x0a\x04"), 0, "", "abcd"},
    {"copy with a padded offset and size", BYTES("\x10\x04\xff\x0a\0\0\0\x04\0\0"), 0, "", "abcd"},
    {"insert", BYTES("\x10\x03\x03new"), 0, "", "new"},
    {"both", BYTES("\x10\x06\x90\x02\x03new\x91\x0f\x01"), 0, "", "01newf"},
    {"padded sizes", BYTES("\x90\x80\x00\x83\x00\x03new"), 0, "", "new"},
    {"an empty result", BYTES("\x10\x00"), 0, "", ""},
    {"K5: base size", BYTES("\x11\x03\x03new"), FAULT_PROTOCOL,
     "delta: made for a base of 17 bytes, the base has 16", NULL},
    {"K5: result over", BYTES("\x10\x02\x03new"), FAULT_PROTOCOL,
     "makes more than the 2 bytes that it announces", NULL},
    {"K5: result over by a copy", BYTES("\x10\x02\x90\x03"), FAULT_PROTOCOL, "makes more", NULL},
    {"K5: result under", BYTES("\x10\x04\x03new"), FAULT_PROTOCOL, "ends after 3 of 4 bytes", NULL},
    {"K5: no instruction", BYTES("\x10\x04"), FAULT_PROTOCOL, "ends after 0 of 4 bytes", NULL},
    {"K5: copy past the base", BYTES("\x10\x10\x91\x01\x10"), FAULT_PROTOCOL,
     "copies 16 bytes at 1 of a base of 16", NULL},
    {"K5: copy from behind the base", BYTES("\x10\x01\x91\x11\x01"), FAULT_PROTOCOL,
     "copies 1 bytes at 17", NULL},
    {"K5: copy at 2^32-1", BYTES("\x10\x01\x9f\xff\xff\xff\xff\x01"), FAULT_PROTOCOL,
     "at 4294967295 of", NULL},
    {"K5: size 0 means 65536", BYTES("\x10\x80\x80\x04\x80"), FAULT_PROTOCOL,
     "copies 65536 bytes at 0", NULL},
    {"K5: opcode 0", BYTES("\x10\x03\x00"), FAULT_PROTOCOL, "the reserved instruction 0", NULL},
    {"K5: copy cut", BYTES("\x10\x03\x91\x01"), FAULT_PROTOCOL, "ends inside an instruction", NULL},
    {"K5: insert cut", BYTES("\x10\x03\x03ne"), FAULT_PROTOCOL, ": ends at byte 5, ", NULL},
    {"K5: bytes after the last", BYTES("\x10\x03\x03newx"), FAULT_PROTOCOL, "makes more", NULL},
    {"K5: opcode 0 after the last", BYTES("\x10\x03\x03new\0"), FAULT_PROTOCOL,
     "the reserved instruction 0", NULL},
    {"K5: empty delta", BYTES(""), FAULT_PROTOCOL, "ends inside an instruction", NULL},
    {"K5: one size", BYTES("\x10"), FAULT_PROTOCOL, "ends inside an instruction", NULL},
    {"K5: size of 2^64", BYTES("\x80\x80\x80\x80\x80\x80\x80\x80\x80\x02\x00"), FAULT_PROTOCOL,
     "a size overflows 64 bits", NULL},
    {"K7: result of 2^40", BYTES("\x10\x80\x80\x80\x80\x80\x20\x90\x10"), FAULT_PROTOCOL,
     "ends after 16 of 1099511627776 bytes", NULL},
};

static void check(const struct row *row, int rc, const struct fault *fault)
{
    CHECK((rc == 0) == (row->class == FAULT_NONE) && fault->class == row->class, "%s: class %d, %s",
          row->why, (int)fault->class, fault->text);
    CHECK(strstr(fault->text, row->words), "%s: %s", row->why, fault->text);
}

/* With the iterator, as a result that is too large for memory is made. */
static void run(struct reader *in, void *context)
{
    const struct row *row = context;
    struct delta delta;
    char made[64];
    int rc = delta_open(&delta, in, 16);
    while (rc == 0 && (rc = delta_next(&delta)) == 1) {
        char *to = made + (delta.made - delta.size);
        rc = 0;
        if (delta.made > sizeof made)
            CHECK(0, "%s: made %" PRIu64, row->why, delta.made);
        else if (delta.kind == DELTA_COPY)
            memcpy(to, base + delta.offset, (size_t)delta.size);
        else
            rc = reader_read(in, to, (size_t)delta.size);
    }
    check(row, rc, in->fault);
    if (rc == 0)
        CHECK(delta.made == strlen(row->result) && memcmp(made, row->result, delta.made) == 0,
              "%s: %" PRIu64 " bytes", row->why, delta.made);
}

static void whole(const struct row *row)
{
    struct fault fault = {.class = FAULT_NONE};
    const unsigned char *bytes = pieces_guard(row->bytes, row->size);
    uint64_t size = 0;
    int rc = delta_result_size(bytes, row->size, &size, &fault);
    unsigned char *made = malloc(size < 1 << 17 ? (size_t)size + 1 : 1);
    if (rc == 0 && size < 1 << 17)
        rc = delta_apply(bytes, row->size, (const unsigned char *)base, 16, made, (size_t)size,
                         &fault);
    else if (rc == 0)
        rc = fault_set(&fault, FAULT_PROTOCOL, "ends after 16 of 1099511627776 bytes");
    check(row, rc, &fault);
    if (rc == 0)
        CHECK(size == strlen(row->result) && memcmp(made, row->result, (size_t)size) == 0, "%s",
              row->why);
    free(made);
}

static void other_size(void)
{
    struct fault fault = {.class = FAULT_NONE};
    unsigned char made[3];
    CHECK(delta_apply((const unsigned char *)"\x10\x04\x90\x04", 4, (const unsigned char *)base, 16,
                      made, 3, &fault) < 0,
          "taken");
    CHECK_TEXT(fault.text, "delta: announces 4 bytes, 3 were expected");
}

int main(void)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        pieces_all(rows[i].bytes, rows[i].size, run, (void *)&rows[i]);
        whole(&rows[i]);
    }
    other_size();
    return T_DONE();
}
