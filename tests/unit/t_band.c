/* SPDX-License-Identifier: MIT */
#include "pieces.h"
#include "proto/band.h"
#include "t.h"

#include <inttypes.h>

struct row {
    const char *why, *bytes;
    size_t size;
    enum fault_class class;
    const char *data, *progress;
    unsigned keepalives;
    const char *words;
};

static const struct row rows[] = {
    {"data, progress, data", BYTES("0008\1abc0007\2hi0006\1d0000"), 0, "abcd", "hi", 0, ""},
    {"nothing but the flush", BYTES("0000"), 0, "", "", 0, ""},
    {"R7: keep-alives",
     BYTES("0005\1"
           "0005\1"
           "0006\1a0005\1"
           "0000"),
     0, "a", "", 3, ""},
    {"progress without text",
     BYTES("0005\2"
           "0000"),
     0, "", "", 0, ""},
    {"R7: band 0", BYTES("0006\0a0000"), FAULT_PROTOCOL, "", "", 0,
     "side-band at byte 0: band 0 does not exist"},
    {"R7: band 4", BYTES("0006\1a0006\4a0000"), FAULT_PROTOCOL, "a", "", 0,
     "side-band at byte 6: band 4 does not exist"},
    {"R7: band 255", BYTES("0006\377a0000"), FAULT_PROTOCOL, "", "", 0, "band 255 does not exist"},
    {"R7: the pack without bands", BYTES("0008PACK"), FAULT_PROTOCOL, "", "", 0,
     "band 80 does not exist"},
    {"R7: 0004", BYTES("00040000"), FAULT_PROTOCOL, "", "", 0,
     "side-band at byte 0: an empty line where a band is due"},
    {"R7: 0004 behind data", BYTES("0006\1a00040000"), FAULT_PROTOCOL, "a", "", 0,
     "side-band at byte 6: an empty line where a band is due"},
    {"R6: a delimiter", BYTES("0006\1a0001"), FAULT_PROTOCOL, "a", "", 0,
     "side-band at byte 6: a delimiter where a band is due"},
    {"R6: response-end", BYTES("0002"), FAULT_PROTOCOL, "", "", 0, "a delimiter where a band"},
    {"R7: band 3", BYTES("0006\1a000b\3sorry\n0000"), FAULT_REFUSED, "a", "", 0,
     "the server says: sorry"},
    {"R7: band 3 without words", BYTES("0005\3"), FAULT_REFUSED, "", "", 0, "the server says: "},
    {"R8: band 3 with ESC", BYTES("0009\3\033[2J"), FAULT_REFUSED, "", "", 0,
     "the server says: ^[[2J"},
    {"ERR without a band", BYTES("000cERR no\n\n"), FAULT_REFUSED, "", "", 0,
     "the server says: no"},
    {"R7: data behind the flush", BYTES("0006\1a00000006\1b"), FAULT_PROTOCOL, "a", "", 0,
     "test: "},
    {"R6: end instead of the flush", BYTES("0006\1a"), FAULT_PROTOCOL, "a", "", 0,
     "test: ends at byte 6 where a pkt-line is due"},
    {"R6: end in a line", BYTES("0007\1a"), FAULT_PROTOCOL, "", "", 0, "ends at byte 6, 1 more"},
    {"R6: 0003", BYTES("0003"), FAULT_PROTOCOL, "", "", 0, "length 0003 does not exist"},
};

struct heard {
    struct band_listener listener;
    char text[64];
    size_t used;
};

static void hear(struct band_listener *listener, const unsigned char *text, size_t size)
{
    struct heard *heard = (struct heard *)listener;
    if (size <= sizeof heard->text - 1 - heard->used)
        memcpy(heard->text + heard->used, text, size);
    heard->used += size;
}

static void run(struct reader *in, void *context)
{
    static struct pkt_reader pkt;
    const struct row *row = context;
    struct heard heard = {{hear}, "", 0};
    struct band_reader band;
    char data[64] = "";
    size_t used = 0;
    int rc;
    pkt_open(&pkt, in, NULL);
    band_open(&band, &pkt, &heard.listener);
    while ((rc = reader_byte(&band.reader, (unsigned char *)data + used)) == 1)
        used++;
    data[used] = '\0';
    CHECK(in->fault->class == row->class && (rc < 0) == (row->class != FAULT_NONE),
          "%s: %d, class %d", row->why, rc, (int)in->fault->class);
    CHECK(strstr(in->fault->text, row->words), "%s: \"%s\"", row->why, in->fault->text);
    CHECK(strcmp(data, row->data) == 0, "%s: data \"%s\"", row->why, data);
    CHECK(strcmp(heard.text, row->progress) == 0, "%s: heard \"%s\"", row->why, heard.text);
    CHECK(band.keepalives == row->keepalives, "%s: %" PRIu64 " keep-alives", row->why,
          band.keepalives);
    CHECK(reader_tell(&band.reader) == used, "%s: at %" PRIu64, row->why,
          reader_tell(&band.reader));
    CHECK(rc < 0 || reader_fill(&band.reader) == 0, "%s: ends twice", row->why);
}

/* A line that breaks. */
struct breaking {
    struct reader reader;
    const char *at, *end;
    size_t piece;
};

static int breaking_more(struct reader *reader)
{
    struct breaking *breaking = (struct breaking *)reader;
    size_t left = (size_t)(breaking->end - breaking->at);
    size_t take = left < breaking->piece ? left : breaking->piece;
    if (take == 0)
        return fault_set(reader->fault, FAULT_NETWORK, "the line broke");
    reader->at = (const unsigned char *)breaking->at;
    reader->end = reader->at + take;
    reader->offset += take;
    breaking->at += take;
    return 1;
}

/* All data that came is given, wherever the line breaks, and progress that came whole; then the
 * fault, as often as it is asked for. */
static void breaks(void)
{
    static const char bytes[] = "0008\1abc0007\2hi0009\1defg0006\3h";
    for (size_t size = 0; size < sizeof bytes - 1; size++)
        for (size_t piece = 1; piece <= sizeof bytes; piece++) {
            static struct pkt_reader pkt;
            struct fault fault = {.class = FAULT_NONE};
            struct breaking in = {
                .reader = {.more = breaking_more, .name = "test", .fault = &fault},
                .at = bytes,
                .end = bytes + size,
                .piece = piece};
            struct heard heard = {{hear}, "", 0};
            struct band_reader band;
            unsigned char data[16];
            size_t used = 0, expected = size < 5 ? 0 : size < 8 ? size - 5 : 3;
            if (size > 20)
                expected += size < 24 ? size - 20 : 4;
            pkt_open(&pkt, &in.reader, NULL);
            band_open(&band, &pkt, &heard.listener);
            while (reader_byte(&band.reader, data + used) == 1)
                used++;
            CHECK(used == expected && memcmp(data, "abcdefg", used) == 0,
                  "%zu by %zu: %zu bytes, not %zu", size, piece, used, expected);
            CHECK(strcmp(heard.text, size < 15 ? "" : "hi") == 0, "%zu: \"%s\"", size, heard.text);
            for (int again = 0; again < 2; again++)
                CHECK(reader_fill(&band.reader) < 0 && fault.class == FAULT_NETWORK &&
                          strcmp(fault.text, "the line broke") == 0,
                      "%zu: %s", size, fault.text);
        }
}

/* H7: empty packets and progress for ever, of which one more than the limit is too much. */
struct endless {
    struct reader reader;
    char packets[11]; /* one empty, one of progress */
    unsigned left;    /* times that they come */
};

static int endless_more(struct reader *reader)
{
    struct endless *endless = (struct endless *)reader;
    if (endless->left-- == 0)
        return 0;
    reader->at = (const unsigned char *)endless->packets;
    reader->end = reader->at + sizeof endless->packets;
    reader->offset += sizeof endless->packets;
    return 1;
}

static void aside(void)
{
    for (unsigned over = 0; over < 2; over++) {
        static struct pkt_reader pkt;
        struct fault fault = {.class = FAULT_NONE};
        struct endless endless = {.reader = {.more = endless_more, .name = "test", .fault = &fault},
                                  .packets = "0005\1"
                                             "0006\2p",
                                  .left = BAND_ASIDE_MAX / 2 + over};
        struct band_reader band;
        pkt_open(&pkt, &endless.reader, NULL);
        band_open(&band, &pkt, NULL);
        CHECK(reader_fill(&band.reader) < 0, "no fault");
        CHECK(strstr(fault.text, over ? "1048576 packets in a row without a byte of the pack"
                                      : "where a pkt-line is due"),
              "%u: %s", over, fault.text);
    }
}

/* Nobody listens; the server's last words are long. */
static void silence(void)
{
    static struct pkt_reader pkt;
    static char bytes[8 + 0x800];
    struct fault fault = {.class = FAULT_NONE};
    struct reader in;
    struct band_reader band;
    memset(bytes, 'w', sizeof bytes);
    memcpy(bytes, "0006\2p0800\3", 11);
    reader_memory(&in, bytes, 6 + 0x800, "memory", &fault);
    pkt_open(&pkt, &in, NULL);
    band_open(&band, &pkt, NULL);
    CHECK(reader_fill(&band.reader) < 0 && fault.class == FAULT_REFUSED &&
              strlen(fault.text) == strlen("the server says: ") + 800,
          "%s", fault.text);
}

int main(void)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        pieces_all(rows[i].bytes, rows[i].size, run, (void *)&rows[i]);
    silence();
    breaks();
    aside();
    return T_DONE();
}
