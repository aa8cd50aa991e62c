/* SPDX-License-Identifier: MIT */
#include "t.h"
#include "pieces.h"
#include "proto/pkt.h"

#include <inttypes.h>

/* What the lines are: d data, f flush, D delim, r response-end, e end of the stream. */
struct row {
    const char *why, *bytes;
    size_t size;
    const char *kinds;
    const char *text; /* of all data lines, each in brackets */
    const char *words;
};

static const struct row rows[] = {
    {"git's own examples", BYTES("0006a\n0005a000bfoobar\n0000"), "dddfe", "[a][a][foobar]", ""},
    {"flush, delim, response-end", BYTES("000000010002"), "fDre", "", ""},
    {"0004 is a line without data", BYTES("00040005x"), "dde", "[][x]", ""},
    {"upper case digits", BYTES("000Babcdefg"), "de", "[abcdefg]", ""},
    {"one LF is no text, two leave one", BYTES("0006\n\n"), "de", "[\n]", ""},
    {"a NUL is data", BYTES("0007a\0b"), "de", "[a", ""},
    {"the stream is empty", BYTES(""), "e", "", ""},
    {"R6: 0003", BYTES("0003"), "", "", "pkt-line at byte 0: length 0003 does not exist"},
    {"R6: 0003 later", BYTES("00000003"), "f", "", "pkt-line at byte 4: length 0003 does not"},
    {"R6: zzzz", BYTES("zzzz"), "", "", "pkt-line at byte 0: \"zzzz\" is no length"},
    {"R6: +004", BYTES("+004"), "", "", "\"+004\" is no length"},
    {"R6: -001", BYTES("-001"), "", "", "\"-001\" is no length"},
    {"R6: 0x05", BYTES("0x05a"), "", "", "\"0x05\" is no length"},
    {"R6: blanks", BYTES("   5a"), "", "", "\"   5\" is no length"},
    {"R6: 12zz", BYTES("12zz"), "", "", "\"12zz\" is no length"},
    {"R6: after the digits", BYTES("000g"), "", "", "\"000g\" is no length"},
    {"R6: before the digits", BYTES("000/"), "", "", "\"000/\" is no length"},
    {"R6: after 9", BYTES("000:"), "", "", "\"000:\" is no length"},
    {"R6: a NUL", BYTES("\0\0\0\0"), "", "", "\"\" is no length"},
    {"R6, R8: ESC", BYTES("\033[2J"), "", "", "\"^[[2J\" is no length"},
    {"R6: a web page", BYTES("<!DOCTYPE html>"), "", "", "\"<!DO\" is no length"},
    {"R6: fff1", BYTES("fff1"), "", "", "length fff1 does not exist"},
    {"R6: ffff", BYTES("FFFF"), "", "", "length FFFF does not exist"},
    {"R6: end in the length", BYTES("0000000"), "f", "", "ends at byte 7, 1 more were due"},
    {"R6: end in the body", BYTES("0008NA"), "", "", "ends at byte 6, 2 more were due"},
    {"R6: end behind the length", BYTES("0008"), "", "", "ends at byte 4, 4 more were due"},
    {"R6: the longest, cut", BYTES("fff0x"), "", "", "ends at byte 5, 65515 more were due"},
};

static char kind_letter(int rc, enum pkt_kind kind)
{
    static const char letters[] = {
        [PKT_DATA] = 'd', [PKT_FLUSH] = 'f', [PKT_DELIM] = 'D', [PKT_RESPONSE_END] = 'r'};
    return rc == 0 ? 'e' : letters[kind];
}

static void run(struct reader *in, void *context)
{
    static struct pkt_reader pkt;
    const struct row *row = context;
    char kinds[16] = "", text[256] = "";
    size_t count = 0, used = 0;
    int rc = 1;
    pkt_open(&pkt, in, NULL);
    while (rc == 1 && count < sizeof kinds - 1) {
        const char *data;
        rc = pkt_read(&pkt);
        if (rc >= 0)
            kinds[count++] = kind_letter(rc, pkt.kind);
        if (rc == 1 && pkt.kind == PKT_DATA) {
            size_t size = pkt_text(&pkt, &data);
            used += (size_t)snprintf(text + used, sizeof text - used, "[%.*s]", (int)size, data);
        }
        CHECK(rc != 1 || pkt.kind == PKT_DATA || pkt.size == 0, "%s: size", row->why);
    }
    CHECK(strstr(in->fault->text, row->words), "%s: \"%s\"", row->why, in->fault->text);
    CHECK((rc < 0) == (in->fault->class == FAULT_PROTOCOL) && (rc < 0) == (row->words[0] != '\0'),
          "%s: %d, class %d", row->why, rc, (int)in->fault->class);
    CHECK(strcmp(kinds, row->kinds) == 0, "%s: kinds %s", row->why, kinds);
    CHECK(strncmp(text, row->text, strlen(row->text)) == 0, "%s: text %s", row->why, text);
}

/* 65520 bytes is the longest line; it is gathered when it comes in pieces. */
static void longest(size_t piece)
{
    static struct pkt_reader pkt;
    static unsigned char bytes[PKT_MAX + 4];
    struct fault fault = {.class = FAULT_NONE};
    memset(bytes, 'x', PKT_MAX);
    memcpy(bytes, "fff0", 4);
    bytes[PKT_MAX - 1] = 'y';
    memcpy(bytes + PKT_MAX, "0000", 4);
    struct pieces in = {.reader = {.more = pieces_more, .name = "test", .fault = &fault},
                        .from = bytes,
                        .to = bytes + sizeof bytes,
                        .first = piece,
                        .then = piece};
    pkt_open(&pkt, &in.reader, NULL);
    CHECK(pkt_need(&pkt) == 0 && pkt.size == PKT_DATA_MAX && pkt.data[0] == 'x' &&
              pkt.data[PKT_DATA_MAX - 1] == 'y',
          "%zu at a time: %s", piece, fault.text);
    CHECK((pkt.data == pkt.buffer) == (piece < PKT_MAX), "%zu at a time: copied", piece);
    CHECK(pkt_need(&pkt) == 0 && pkt.kind == PKT_FLUSH && pkt.offset == PKT_MAX, "at %" PRIu64,
          pkt.offset);
    CHECK(pkt_need(&pkt) < 0 && strstr(fault.text, "ends at byte 65524 where a pkt-line is due"),
          "\"%s\"", fault.text);
}

struct note {
    struct pkt_watch watch;
    char text[128];
};

static void noted(struct pkt_watch *watch, char side, enum pkt_kind kind, const unsigned char *data,
                  size_t size)
{
    struct note *note = (struct note *)watch;
    size_t used = strlen(note->text);
    snprintf(note->text + used, sizeof note->text - used, "%c%c%.*s;", side, kind_letter(1, kind),
             (int)size, size ? (const char *)data : "");
}

static void writing(void)
{
    static unsigned char room[PKT_MAX + 64];
    struct fault fault = {.class = FAULT_NONE};
    struct memory_writer memory;
    struct note note = {{noted}, ""};
    struct pkt_writer out = {&memory.writer, &note.watch};
    writer_memory(&memory, room, sizeof room, "memory", &fault);
    CHECK(pkt_format(&out, "want %s\n", "x") == 0 && pkt_delim(&out) == 0 &&
              pkt_write(&out, "", 0) == 0 && pkt_flush(&out) == 0,
          "%s", fault.text);
    CHECK(memory.used == 23 && memcmp(room, "000bwant x\n000100040000", 23) == 0, "%.*s",
          (int)memory.used, (const char *)room);
    CHECK_TEXT(note.text, "Cdwant x\n;CD;Cd;Cf;");

    static struct pkt_reader pkt;
    struct reader in;
    note.text[0] = '\0';
    reader_memory(&in, room, memory.used, "memory", &fault);
    pkt_open(&pkt, &in, &note.watch);
    while (pkt_read(&pkt) == 1)
        continue;
    CHECK_TEXT(note.text, "Sdwant x\n;SD;Sd;Sf;");
}

static void writing_too_much(void)
{
    static unsigned char room[PKT_MAX + 64], big[PKT_MAX];
    static char text[WRITER_TEXT + 1];
    struct fault fault = {.class = FAULT_NONE};
    struct memory_writer memory;
    struct pkt_writer out = {&memory.writer, NULL};
    writer_memory(&memory, room, sizeof room, "memory", &fault);
    CHECK(pkt_write(&out, big, PKT_DATA_MAX) == 0 && memcmp(room, "fff0", 4) == 0, "%s",
          fault.text);
    CHECK(pkt_write(&out, big, PKT_DATA_MAX + 1) < 0 && fault.class == FAULT_LIMIT &&
              strstr(fault.text, "a pkt-line of 65517 bytes"),
          "%s", fault.text);
    fault_clear(&fault);
    memset(text, 'a', WRITER_TEXT);
    CHECK(pkt_format(&out, "%s", text) < 0 && strstr(fault.text, "a request line of over 8191"),
          "%s", fault.text);
    CHECK(memory.used == PKT_MAX, "%zu", memory.used);
}

#define ID "1111111111111111111111111111111111111111"

/* The bytes of one line, in memory of their own: no step of the cursor may read behind them. */
static struct pkt_line line_of(const char *bytes, struct reader *in, struct fault *fault)
{
    static struct pkt_reader pkt;
    fault_clear(fault);
    reader_memory(in, pieces_guard(bytes, strlen(bytes)), strlen(bytes), "memory", fault);
    pkt_open(&pkt, in, NULL);
    return (struct pkt_line){.pkt = &pkt, .parser = "test"};
}

/* What the cursor takes of a line, step by step. */
static void cursor(void)
{
    struct reader in;
    struct fault fault;
    struct oid oid;
    const char *word;
    struct pkt_line line = line_of("0037want " ID " a bc\n0000", &in, &fault);
    CHECK(pkt_line_next(&line) == 1 && !pkt_line_take(&line, "wants"), "%s", fault.text);
    CHECK(!pkt_line_oid(&line, OID_SHA1, &oid) && !pkt_line_is(&line, "want"), "no id is here");
    CHECK(pkt_line_take(&line, "want "), "want");
    CHECK(!pkt_line_oid(&line, OID_SHA256, &oid), "an id of 32 bytes");
    CHECK(pkt_line_oid(&line, OID_SHA1, &oid) && oid.id[19] == 0x11, "an id of 20 bytes");
    CHECK(pkt_line_word(&line, &word) == 0 && pkt_line_is(&line, " a bc"), "at the blank");
    CHECK(pkt_line_take(&line, " ") && pkt_line_word(&line, &word) == 1 && *word == 'a', "a");
    CHECK(pkt_line_take(&line, " ") && pkt_line_word(&line, &word) == 2 && *word == 'b', "bc");
    CHECK(pkt_line_is(&line, "") && !pkt_line_take(&line, " ") && pkt_line_take(&line, ""), "end");
    CHECK(!pkt_line_oid(&line, OID_SHA1, &oid) && pkt_line_word(&line, &word) == 0, "end");
    pkt_line_fault(&line, "wrong");
    CHECK_TEXT(fault.text, "test: line at byte 0: wrong: \"want " ID " a bc\"");
    CHECK(pkt_line_next(&line) == 0 && line.pkt->kind == PKT_FLUSH && pkt_line_is(&line, ""),
          "flush");
}

/* The server's last words are told from a line that only begins like them. */
static void last_words(void)
{
    static const struct {
        const char *bytes;
        int rc;
        const char *text;
    } lines[] = {
        {"000fERR no way\n", -1, "the server says: no way"},
        {"0008ERR ", -1, "the server says: "},
        {"000dERR \x1b[1mx", -1, "the server says: ^[[1mx"},
        {"0007ERR", 1, ""},
        {"000aERRORS", 1, ""},
        {"0004", 1, ""},
        {"0002", 0, ""},
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct reader in;
        struct fault fault;
        struct pkt_line line = line_of(lines[i].bytes, &in, &fault);
        CHECK(pkt_line_next(&line) == lines[i].rc, "%s", lines[i].bytes);
        CHECK_TEXT(fault.text, lines[i].text);
        CHECK(fault.class == (lines[i].rc < 0 ? FAULT_REFUSED : FAULT_NONE), "%s", lines[i].bytes);
    }
}

int main(void)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        pieces_all(rows[i].bytes, rows[i].size, run, (void *)&rows[i]);
    longest(1);
    longest(1000);
    longest(PKT_MAX + 4);
    writing();
    writing_too_much();
    cursor();
    last_words();
    return T_DONE();
}
