/* SPDX-License-Identifier: MIT */
/* Bodies of answers: H3 and H6 of the hostile table, whole, byte by byte and cut everywhere. */
#include "answer.h"

#define CHUNKED OK "Transfer-Encoding: chunked\r\n\r\n"

static const struct row rows[] = {
    {"by length", BYTES(OK "Content-Length: 3\r\n\r\nabc"), FAULT_NONE, "abc"},
    {"chunked", BYTES(OK "Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1;x=y\r\nc\r\n0\r\n\r\n"),
     FAULT_NONE, "abc"},
    {"chunked, trailers",
     BYTES(OK "Transfer-Encoding: Chunked\r\n\r\n3\r\nabc\r\n0\r\nA: b\r\n\r\n"), FAULT_NONE,
     "abc"},
    {"until close", BYTES(OK "\r\nabc"), FAULT_NONE, "abc"},
    {"empty", BYTES(OK "Content-Length: 0\r\n\r\n"), FAULT_NONE, ""},
    {"204", BYTES("HTTP/1.1 204 No Content\r\n\r\n"), FAULT_NONE, ""},
    {"H3: chunk size of 17 digits",
     BYTES(OK "Transfer-Encoding: chunked\r\n\r\n10000000000000000\r\n"), FAULT_PROTOCOL,
     "no chunk size"},
    {"H3: no digits", BYTES(OK "Transfer-Encoding: chunked\r\n\r\nzz\r\n"), FAULT_PROTOCOL,
     "no chunk size"},
    {"H3: no last chunk", BYTES(OK "Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n"), FAULT_NETWORK,
     "ends inside"},
    {"H3: a longer chunk", BYTES(OK "Transfer-Encoding: chunked\r\n\r\n1\r\nxy\r\n0\r\n\r\n"),
     FAULT_PROTOCOL, "longer than its size"},
    {"H6: short body", BYTES(OK "Content-Length: 5\r\n\r\nabc"), FAULT_NETWORK, "2 more were due"},
    {"304", BYTES("HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n"), FAULT_NONE, ""},
    {"until close, nothing", BYTES(OK "\r\n"), FAULT_NONE, ""},
    {"chunked, empty", BYTES(CHUNKED "0\r\n\r\n"), FAULT_NONE, ""},
    {"chunked, zeros in front, upper case",
     BYTES(CHUNKED "000000000000000A\r\n0123456789\r\n00\r\n\r\n"), FAULT_NONE, "0123456789"},
    {"chunked, bare LF", BYTES(CHUNKED "1\nx\n0\n\n"), FAULT_NONE, "x"},
    {"chunked, a space behind the size", BYTES(CHUNKED "1 \r\nx\r\n0\r\n\r\n"), FAULT_NONE, "x"},
    {"H3: an empty size", BYTES(CHUNKED "\r\nx\r\n"), FAULT_PROTOCOL, "'' is no chunk size"},
    {"H3: a sign", BYTES(CHUNKED "+1\r\nx\r\n"), FAULT_PROTOCOL, "'+1' is no chunk size"},
    {"H3: 0x", BYTES(CHUNKED "0x1\r\nx\r\n"), FAULT_PROTOCOL, "'0x1' is no chunk size"},
    {"H3: a space before", BYTES(CHUNKED " 1\r\nx\r\n"), FAULT_PROTOCOL, "no chunk size"},
    {"H3: 2^64-1, and nothing", BYTES(CHUNKED "ffffffffffffffff\r\n"), FAULT_NETWORK,
     "18446744073709551615 more were due"},
    {"H3: a chunk that is cut", BYTES(CHUNKED "5\r\nab"), FAULT_NETWORK, "3 more were due"},
    {"H3: no line end behind a chunk", BYTES(CHUNKED "1\r\nx"), FAULT_NETWORK, "ends inside"},
    {"H3: no empty line behind the last", BYTES(CHUNKED "0\r\n"), FAULT_NETWORK, "ends inside"},
    {"H3: a trailer that is cut", BYTES(CHUNKED "0\r\nA: b"), FAULT_NETWORK, "ends inside"},
    {"H6: no body at all", BYTES(OK "Content-Length: 5\r\n\r\n"), FAULT_NETWORK,
     "ends at byte 0 of the body, 5 more were due"},
};

/* The stream below is left at the next answer, which is not read; the body is finished only at its
 * end. */
static void next_answer(void)
{
    static const char *const answers[] = {
        OK "Content-Length: 3\r\n\r\nabcnext",
        CHUNKED "1\r\na\r\n2\r\nbc\r\n0\r\nA: b\r\n\r\nnext",
    };
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
        struct fault fault = {.class = FAULT_NONE};
        struct reader in;
        struct http_head head;
        struct http_body body;
        char three[3];
        bool fresh;
        reader_memory(&in, answers[i], strlen(answers[i]), "test", &fault);
        CHECK(http_read_head(&in, &head, &fresh) == 0, "%s", fault.text);
        http_body_open(&body, &in, &head);
        CHECK(!http_body_finished(&body), "%zu: finished before it began", i);
        CHECK(reader_read(&body.reader, three, 3) == 0 && memcmp(three, "abc", 3) == 0, "%s",
              fault.text);
        CHECK(reader_fill(&body.reader) == 0 && reader_tell(&body.reader) == 3, "%s", fault.text);
        CHECK(http_body_finished(&body), "%zu: not finished", i);
        CHECK(reader_fill(&body.reader) == 0, "%zu: more behind its end", i);
        CHECK(in.end - in.at == 4 && memcmp(in.at, "next", 4) == 0, "%zu: stands elsewhere", i);
    }
}

/* H1: trailers without end, and extensions of a chunk. */
static void floods(void)
{
    static const struct {
        const char *why, *line;
        int times;
        enum fault_class class;
        const char *words;
    } flood[] = {
        {"H1: trailers", "A: b\r\n", HTTP_LINES_MAX + 1, FAULT_LIMIT, "over 200 trailer lines"},
        {"H1: an extension", ";extension", 100, FAULT_LIMIT, ""},
    };
    for (size_t i = 0; i < sizeof flood / sizeof *flood; i++) {
        static char text[16384];
        struct fault fault = {.class = FAULT_NONE};
        struct reader in;
        struct http_head head = {.status = 200, .chunked = true};
        struct http_body body;
        char *at = text + sprintf(text, "0%s", i ? "" : "\r\n");
        for (int k = 0; k < flood[i].times; k++)
            at += sprintf(at, "%s", flood[i].line);
        at += sprintf(at, "\r\n\r\n");
        reader_memory(&in, text, (size_t)(at - text), "test", &fault);
        http_body_open(&body, &in, &head);
        CHECK(reader_fill(&body.reader) < 0 && fault.class == flood[i].class &&
                  strstr(fault.text, flood[i].words),
              "%s: %d, %s", flood[i].why, (int)fault.class, fault.text);
    }
}

int main(void)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        pieces_all(rows[i].bytes, rows[i].size, answer_run, (void *)&rows[i]);
    next_answer();
    floods();
    return T_DONE();
}
