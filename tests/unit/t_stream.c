/* SPDX-License-Identifier: MIT */
/* Readers that pull and writers that push: whole, byte by byte and cut everywhere; at the end, at a
 * fault, and when there is no room. */
#include "pieces.h"
#include "proto/stream.h"
#include "t.h"

/* reader_pass(): the window of the reader below, and an offset of its own. */
static void passing(void)
{
    struct fault fault;
    struct reader below, above = {.name = "above", .fault = &fault};
    char two[2];
    fault_clear(&fault);
    reader_memory(&below, "abcdef", 6, "below", &fault);
    CHECK(reader_read(&below, two, 2) == 0, "%s", fault.text);
    CHECK(reader_pass(&above, &below) == 1, "%s", fault.text);
    CHECK(above.end - above.at == 4 && memcmp(above.at, "cdef", 4) == 0, "%td",
          above.end - above.at);
    CHECK(above.offset == 4 && reader_tell(&above) == 0, "where it is in its own stream");
    CHECK(reader_tell(&below) == 6, "all is taken of the one below");
    CHECK(reader_pass(&above, &below) == 0 && above.offset == 4, "the end");
}

/* SIZE bytes are asked of six, cut everywhere. */
static size_t asked;

static void reading(struct reader *in, void *context)
{
    char got[16] = "";
    (void)context;
    int rc = reader_read(in, got, asked);
    CHECK((rc < 0) == (asked > 6), "%zu of 6: %s", asked, in->fault->text);
    if (rc < 0) {
        CHECK(in->fault->class == FAULT_PROTOCOL && strstr(in->fault->text, "test"), "%s",
              in->fault->text);
        return;
    }
    CHECK(strncmp(got, "abcdef", asked) == 0 && reader_tell(in) == asked, "%s", got);
    unsigned char byte = 0;
    rc = reader_byte(in, &byte);
    CHECK(rc == (asked < 6) && (rc == 0 || byte == "abcdef"[asked]), "%zu: %d", asked, rc);
    rc = reader_end(in);
    CHECK((rc < 0) == (asked < 5), "%zu: the end: %s", asked, in->fault->text);
    CHECK(rc == 0 || in->fault->class == FAULT_PROTOCOL, "%d", (int)in->fault->class);
    CHECK(rc < 0 || reader_fill(in) == 0, "%zu: behind the end", asked);
}

static int fails(struct reader *reader)
{
    return fault_set(reader->fault, FAULT_NETWORK, "it broke");
}

/* What the layer says stays what went wrong. */
static void failing(void)
{
    struct fault fault = {.class = FAULT_NONE};
    struct reader in = {.more = fails, .name = "test", .fault = &fault}, above = in;
    unsigned char byte = 'x', bytes[2];
    CHECK(reader_fill(&in) < 0 && reader_byte(&in, &byte) < 0 && reader_read(&in, bytes, 2) < 0 &&
              reader_end(&in) < 0 && reader_pass(&above, &in) < 0,
          "no fault");
    CHECK(fault.class == FAULT_NETWORK && byte == 'x' && above.offset == 0, "%s", fault.text);
    CHECK_TEXT(fault.text, "it broke");
}

/* A buffer is filled to its last byte and no further; what does not fit is not begun. */
static void writing(void)
{
    struct fault fault = {.class = FAULT_NONE};
    struct memory_writer out;
    char room[9] = "--------";
    writer_memory(&out, room, 6, "out", &fault);
    CHECK(writer_put(&out.writer, "abc", 3) == 0 && writer_put(&out.writer, "", 0) == 0, "%s",
          fault.text);
    CHECK(writer_text(&out.writer, "%d", 45) == 0 && out.used == 5 && out.writer.offset == 5, "%s",
          fault.text);
    CHECK(writer_put(&out.writer, "xy", 2) < 0 && fault.class == FAULT_LIMIT, "%s", fault.text);
    CHECK_TEXT(fault.text, "out: does not fit in 6 bytes");
    CHECK_TEXT(room, "abc45---");
    fault_clear(&fault);
    CHECK(writer_put(&out.writer, "6", 1) == 0 && out.used == 6, "%s", fault.text);
    CHECK_TEXT(room, "abc456--");
    static char large[WRITER_TEXT + 1], longest[2 * WRITER_TEXT];
    memset(large, 'x', sizeof large - 1);
    writer_memory(&out, longest, sizeof longest, "out", &fault);
    CHECK(writer_text(&out.writer, "%s", large) < 0 && fault.class == FAULT_LIMIT && out.used == 0,
          "%s", fault.text);
    fault_clear(&fault);
    CHECK(writer_text(&out.writer, "%s", large + 1) == 0 && out.used == WRITER_TEXT - 1, "%s",
          fault.text);
}

int main(void)
{
    passing();
    for (asked = 0; asked < 9; asked++)
        pieces_all("abcdef", 6, reading, NULL);
    failing();
    writing();
    return T_DONE();
}
