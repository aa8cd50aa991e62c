/* SPDX-License-Identifier: MIT */
#include "pieces.h"
#include "proto/inflate.h"
#include "t.h"

#include <inttypes.h>
#include <stdlib.h>
#include <zlib.h>

static union {
    unsigned char bytes[INFLATE_ROOM];
    uint64_t align[2];
} room;
static struct inflate *inflater;

struct row {
    const char *why, *bytes;
    size_t size;
    enum fault_class class;
    const char *words, *result;
    uint64_t says;
    size_t used; /* bytes of the stream; 0: all */
};

/* "hello", as zlib makes it with its fixed code; and as a stored block. */
#define HELLO "\x78\x9c\xcb\x48\xcd\xc9\xc9\x07\x00\x06\x2c\x02\x15"
#define STORED "\x78\x01\x01\x05\x00\xfa\xffhello\x06\x2c\x02\x15"
#define EMPTY "\x78\x9c\x03\x00\x00\x00\x00\x01"

static const struct row rows[] = {
    {"fixed code", BYTES(HELLO), 0, "", "hello", 5, 0},
    {"stored", BYTES(STORED), 0, "", "hello", 5, 0},
    {"nothing", BYTES(EMPTY), 0, "", "", 0, 0},
    {"an entry follows", BYTES(HELLO "\x9f\x01next"), 0, "", "hello", 5, 13},
    {"K3: one byte less", BYTES(HELLO), FAULT_PROTOCOL,
     "inflate: more than the 4 bytes that were announced", NULL, 4, 0},
    {"K3: one byte more", BYTES(HELLO), FAULT_PROTOCOL,
     "inflate: the stream ends after 5 bytes, 6 were announced", NULL, 6, 0},
    {"K3: something where nothing is announced", BYTES(HELLO), FAULT_PROTOCOL,
     "more than the 0 bytes", NULL, 0, 0},
    {"K3: nothing where something is announced", BYTES(EMPTY), FAULT_PROTOCOL,
     "ends after 0 bytes, 1 were", NULL, 1, 0},
    {"K7: announces 2^60", BYTES(HELLO), FAULT_PROTOCOL, "1152921504606846976 were announced", NULL,
     UINT64_C(1) << 60, 0},
    {"K3: cut in the data", BYTES("\x78\x9c\xcb\x48"), FAULT_PROTOCOL,
     "test: ends at byte 4, inside a zlib stream", NULL, 5, 0},
    {"K3: cut in the check sum", BYTES("\x78\x9c\xcb\x48\xcd\xc9\xc9\x07\x00\x06\x2c\x02"),
     FAULT_PROTOCOL, "test: ends at byte 12", NULL, 5, 0},
    {"K3: empty", BYTES(""), FAULT_PROTOCOL, "test: ends at byte 0", NULL, 5, 0},
    {"K3: Adler-32", BYTES("\x78\x9c\xcb\x48\xcd\xc9\xc9\x07\x00\x06\x2c\x02\x16"), FAULT_PROTOCOL,
     "inflate: incorrect data check", NULL, 5, 0},
    {"K3: a preset dictionary", BYTES("\x78\xbb\x06\x2c\x02\x15\xcb\x48\xcd\xc9\xc9\x07\x00"),
     FAULT_PROTOCOL, "inflate: a preset dictionary", NULL, 5, 0},
    {"K3: no zlib header", BYTES("hello, world"), FAULT_PROTOCOL, "inflate: incorrect header check",
     NULL, 5, 0},
    {"K3: gzip", BYTES("\x1f\x8b\x08\0\0\0\0\0\0\3"), FAULT_PROTOCOL, "inflate: incorrect header",
     NULL, 5, 0},
    {"K3: block type 3", BYTES("\x78\x9c\x07\x00\x00\x00\x00\x01"), FAULT_PROTOCOL,
     "inflate: invalid block type", NULL, 5, 0},
    {"K3: a distance before the start", BYTES("\x78\x9c\x03\x02\x00\x00\x00\x00\x01"),
     FAULT_PROTOCOL, "inflate: invalid distance too far back", NULL, 5, 0},
};

static void run(struct reader *in, void *context)
{
    const struct row *row = context;
    enum { WHOLE = 8 };
    unsigned char out[WHOLE + INFLATE_SLACK];
    int rc = 0;
    if (row->says <= WHOLE) {
        rc = inflate_whole(inflater, in, out, row->says);
    } else {
        size_t got;
        inflate_begin(inflater, in, row->says);
        while ((rc = inflate_read(inflater, out, WHOLE, &got)) == 1)
            continue;
    }
    CHECK((rc == 0) == (row->class == FAULT_NONE) && in->fault->class == row->class,
          "%s: class %d, %s", row->why, (int)in->fault->class, in->fault->text);
    CHECK(strstr(in->fault->text, row->words), "%s: %s", row->why, in->fault->text);
    if (rc == 0)
        CHECK(memcmp(out, row->result, (size_t)row->says) == 0 &&
                  reader_tell(in) == (row->used ? row->used : row->size),
              "%s: stopped at %" PRIu64, row->why, reader_tell(in));
}

/* A small room for the result: every way to ask for it gives the same bytes. */
static void by_capacity(void)
{
    enum { SIZE = 100000 };
    unsigned char *plain = malloc(SIZE), *made = malloc(SIZE), *packed = malloc(2 * SIZE);
    uLongf used = 2 * SIZE;
    for (size_t i = 0; i < SIZE; i++)
        plain[i] = (unsigned char)(i * i >> 7);
    compress2(packed, &used, plain, SIZE, 9);
    static const size_t capacities[] = {1, 7, 4096, 65536, SIZE, SIZE + 1};
    for (size_t i = 0; i < sizeof capacities / sizeof *capacities; i++) {
        struct fault fault = {.class = FAULT_NONE};
        struct reader in;
        size_t total = 0, got;
        int rc;
        reader_memory(&in, packed, used, "memory", &fault);
        inflate_begin(inflater, &in, SIZE);
        do {
            size_t take = capacities[i] < SIZE - total ? capacities[i] : SIZE - total;
            rc = inflate_read(inflater, made + total, take, &got);
            total += got;
        } while (rc == 1);
        CHECK(rc == 0 && total == SIZE && memcmp(made, plain, SIZE) == 0, "capacity %zu: %s",
              capacities[i], fault.text);
    }
    free(plain);
    free(made);
    free(packed);
}

static void small_room(void)
{
    struct fault fault = {.class = FAULT_NONE};
    CHECK(inflate_open(room.bytes, 64, &fault) == NULL && fault.class == FAULT_LIMIT, "taken");
    CHECK_TEXT(fault.text, "inflate: zlib does not fit in 64 bytes");
    fault_clear(&fault);
    CHECK(inflate_open(room.bytes, 4096, &fault) == NULL, "taken");
    inflater = inflate_open(room.bytes, sizeof room.bytes, &fault);
    CHECK(inflater != NULL, "%s", fault.text);
}

int main(void)
{
    small_room();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        pieces_all(rows[i].bytes, rows[i].size, run, (void *)&rows[i]);
    by_capacity();
    CHECK(inflate_crc(inflate_crc(0, "1234", 4), "56789", 5) == 0xcbf43926, "CRC-32's check value");
    return T_DONE();
}
