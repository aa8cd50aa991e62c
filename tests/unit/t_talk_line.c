/* SPDX-License-Identifier: MIT */
#define _POSIX_C_SOURCE 200809L
#include "client/talk_line.h"
#include "remote/trace.h"
#include "t.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct {
    const char *why, *text;
    int rc; /* of the last line of TEXT */
    enum talk_part part;
    char side;
    const char *said;
    uint64_t us;
    bool timed;
} rows[] = {
    {"a pkt-line", "C: 0014command=ls-refs\\n\n", 1, TALK_PKT, 'C', "0014command=ls-refs\\n", 0,
     false},
    {"a flush without line feed", "S: 0000", 1, TALK_PKT, 'S', "0000", 0, false},
    {"what --trace says itself", "== connected", 1, TALK_NOTE, 0, "connected", 0, false},
    {"a head", "C: GET / HTTP/1.1", 1, TALK_HEAD, 'C', "GET / HTTP/1.1", 0, false},
    {"four digits in a head", "C: GET / HTTP/1.1\nC: 0000", 1, TALK_HEAD, 'C', "0000", 0, false},
    {"the empty line that ends it", "C: GET / HTTP/1.1\nC:", 1, TALK_HEAD, 'C', "", 0, false},
    {"behind it", "C: GET / HTTP/1.1\nC:\nC: 0000", 1, TALK_PKT, 'C', "0000", 0, false},
    {"a sum", "S: PACK ... 10 bytes of pack data", 1, TALK_OTHER, 'S',
     "PACK ... 10 bytes of pack data", 0, false},
    {"the first time is the start", "S 81234567: 0000", 1, TALK_PKT, 'S', "0000", 0, true},
    {"a later one", "C 7: 0000\nS 19: 0001", 1, TALK_PKT, 'S', "0001", 12, true},
    {"a clock that goes back", "C 7: 0000\nS 6: 0001", 1, TALK_PKT, 'S', "0001", 0, true},
    {"a pack's bytes, which look like a head", "P 7: HTTP/1.1 200", 1, TALK_PACK, 'S',
     "HTTP/1.1 200", 0, true},
    {"18 digits", "S 999999999999999999: 0000", 1, TALK_PKT, 'S', "0000", 0, true},
    {"19 digits", "S 1000000000000000000: 0000", -1, 0, 0, NULL, 0, false},
    {"no digit", "S : 0000", -1, 0, 0, NULL, 0, false},
    {"no colon", "S 12", -1, 0, 0, NULL, 0, false},
    {"a letter in the time", "S 1a: 0000", -1, 0, 0, NULL, 0, false},
    {"a minus", "S -1: 0000", -1, 0, 0, NULL, 0, false},
    {"another side", "Q: 0000", -1, 0, 0, NULL, 0, false},
    {"a side alone", "C", -1, 0, 0, NULL, 0, false},
    {"no note", "==", -1, 0, 0, NULL, 0, false},
    {"an empty line", "C: 0000\n\n", -1, 0, 0, NULL, 0, false},
};

static void lines(void)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct talk_reader talk;
        struct talk_line line = {.side = 0}, last = line;
        struct fault fault = {.class = FAULT_NONE};
        size_t size = strlen(rows[i].text);
        char *exact = malloc(size + 1);
        int rc, before = 0;
        memcpy(exact, rows[i].text, size);
        talk_open(&talk, exact, size);
        while ((rc = talk_next(&talk, &line, &fault)) == 1) {
            before = rc;
            last = line;
        }
        before = rc < 0 ? rc : before;
        CHECK(before == rows[i].rc, "%s: %d, %s", rows[i].why, before, fault.text);
        if (rc < 0)
            CHECK(fault.class == FAULT_PROTOCOL && strstr(fault.text, "of no conversation"), "%s",
                  rows[i].why);
        else if (before == 1)
            CHECK(last.part == rows[i].part && last.side == rows[i].side && last.us == rows[i].us &&
                      last.timed == rows[i].timed && last.size == strlen(rows[i].said) &&
                      memcmp(last.text, rows[i].said, last.size) == 0,
                  "%s: part %d, side %d, %d bytes", rows[i].why, (int)last.part, last.side,
                  (int)last.size);
        free(exact);
    }
}

static void escapes(void)
{
    static const struct {
        const char *text, *bytes;
        size_t size;
    } cases[] = {
        {"a\\n\\0\\\\", "a\n\0\\", 4},
        {"\\x00\\xff5", "\0\3775", 3},
        {"\\", "\\", 1},
        {"\\x", "x", 1},
        {"\\x4", "x4", 2},
        {"\\xg0", "xg0", 3},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t size = strlen(cases[i].text);
        unsigned char *out = malloc(size);
        size_t got = talk_bytes(cases[i].text, size, out);
        CHECK(got == cases[i].size && memcmp(out, cases[i].bytes, got) == 0, "%s", cases[i].text);
        CHECK(talk_bytes(cases[i].text, size, NULL) == got, "%s, counted", cases[i].text);
        free(out);
    }
}

/* What a whole trace writes is read back byte for byte: every byte before every other. */
static void back(void)
{
    enum { BYTES = 256 };
    char target[] = "whole:/tmp/t_talk_line.XXXXXX", *path = target + 6;
    static char text[2 * (BYTES * 2 * 4 + 64)];
    static unsigned char out[sizeof text];
    struct fault fault = {.class = FAULT_NONE};
    int fd = mkstemp(path);
    if (fd >= 0)
        close(fd);
    for (unsigned first = 0; first < BYTES; first++) {
        unsigned char bytes[BYTES * 2];
        struct trace trace;
        struct talk_reader talk;
        struct talk_line line = {.side = 0};
        for (unsigned i = 0; i < BYTES; i++) {
            bytes[2 * i] = (unsigned char)first;
            bytes[2 * i + 1] = (unsigned char)i;
        }
        unlink(path);
        CHECK(trace_open(&trace, target, &fault) == 0, "%s", fault.text);
        trace.watch.line(&trace.watch, 'S', PKT_DATA, bytes, sizeof bytes);
        trace_pack(&trace, bytes, sizeof bytes);
        trace_close(&trace);
        FILE *file = fopen(path, "r");
        size_t size = file ? fread(text, 1, sizeof text, file) : 0, left;
        if (file)
            fclose(file);
        talk_open(&talk, text, size);
        bool read = talk_next(&talk, &line, &fault) == 1 && line.part == TALK_PKT && line.timed;
        left = talk_bytes(line.text, line.size, out);
        CHECK(read && left == sizeof bytes + 4 && memcmp(out, "0204", 4) == 0 &&
                  memcmp(out + 4, bytes, sizeof bytes) == 0,
              "the pkt-line of %u, %zu bytes", first, left);
        read = talk_next(&talk, &line, &fault) == 1 && line.part == TALK_PACK && line.timed;
        left = talk_bytes(line.text, line.size, out);
        CHECK(read && left == sizeof bytes && memcmp(out, bytes, sizeof bytes) == 0,
              "the pack of %u, %zu bytes", first, left);
    }
    unlink(path);
}

int main(void)
{
    lines();
    escapes();
    back();
    return T_DONE();
}
