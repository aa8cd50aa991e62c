/* SPDX-License-Identifier: MIT */
/* Heads of answers: H1 and H3-H5 of the hostile table, whole, byte by byte and cut everywhere. */
#include "answer.h"

#include <stdlib.h>

static const struct row rows[] = {
    {"bare LF", BYTES("HTTP/1.1 200\nContent-Length: 1\n\nx"), FAULT_NONE, "x"},
    {"1xx first", BYTES("HTTP/1.1 100 Continue\r\n\r\n" OK "Content-Length: 1\r\n\r\nx"),
     FAULT_NONE, "x"},
    {"identity", BYTES(OK "Content-Encoding: identity\r\nContent-Length: 1\r\n\r\nx"), FAULT_NONE,
     "x"},
    {"nothing at all", BYTES(""), FAULT_NETWORK, "closed the connection without an answer"},
    {"H3: length twice", BYTES(OK "Content-Length: 1\r\nContent-Length: 1\r\n\r\nx"),
     FAULT_PROTOCOL, "twice"},
    {"H3: -1", BYTES(OK "Content-Length: -1\r\n\r\nx"), FAULT_PROTOCOL, "Content-Length '-1'"},
    {"H3: +5", BYTES(OK "Content-Length: +5\r\n\r\nxxxxx"), FAULT_PROTOCOL, "'+5'"},
    {"H3: letters", BYTES(OK "Content-Length: 5x\r\n\r\nxxxxx"), FAULT_PROTOCOL, "'5x'"},
    {"H3: 2^64", BYTES(OK "Content-Length: 18446744073709551616\r\n\r\n"), FAULT_PROTOCOL,
     "Content-Length"},
    {"H3: with chunked",
     BYTES(OK "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n"),
     FAULT_PROTOCOL, "together with chunked"},
    {"H3: gzip", BYTES(OK "Transfer-Encoding: gzip, chunked\r\n\r\n"), FAULT_PROTOCOL,
     "only chunked"},
    {"H4: NUL", BYTES(OK "A: b\0c\r\n\r\n"), FAULT_PROTOCOL, "NUL"},
    {"H4: bare CR", BYTES(OK "A: b\rc\r\n\r\n"), FAULT_PROTOCOL, "bare CR"},
    {"H4: no colon", BYTES(OK "hello\r\n\r\n"), FAULT_PROTOCOL, "no header line"},
    {"H4: space before the colon", BYTES(OK "A : b\r\n\r\n"), FAULT_PROTOCOL, "no header line"},
    {"H4: folded", BYTES(OK "A: b\r\n c\r\n\r\n"), FAULT_PROTOCOL, "folded"},
    {"H4: HTTP/0.9", BYTES("<html>\r\n"), FAULT_PROTOCOL, "no status line"},
    {"H4: HTTP/2", BYTES("HTTP/2.0 200 OK\r\n\r\n"), FAULT_PROTOCOL, "no status line"},
    {"H4: 99", BYTES("HTTP/1.1 99 OK\r\n\r\n"), FAULT_PROTOCOL, "no status line"},
    {"H4: 600", BYTES("HTTP/1.1 600 OK\r\n\r\n"), FAULT_PROTOCOL, "no status line"},
    {"H4: +20", BYTES("HTTP/1.1 +20 OK\r\n\r\n"), FAULT_PROTOCOL, "no status line"},
    {"H5: gzip is for who reads the body",
     BYTES(OK "Content-Encoding: gzip\r\nContent-Length: 1\r\n\r\nx"), FAULT_NONE, "x"},
    {"101", BYTES("HTTP/1.1 101 Switching\r\n\r\n"), FAULT_PROTOCOL, "another protocol"},
};

/* H1: floods. */
static void floods(void)
{
    static const struct {
        const char *why, *start, *line;
        size_t times;
        const char *words;
    } flood[] = {
        {"H1: lines", OK, "A: b\r\n", 300, "over 200 header lines"},
        {"H1: bytes", OK, NULL, 6, "over 65536 bytes"},
        {"H1: one line", OK "A: ", "xxxxxxxxxxxxxxxx", 5000, "over 65535 bytes"},
        {"H1: 1xx without end", "", "HTTP/1.1 100 Continue\r\n\r\n", 50, "informational"},
    };
    for (size_t i = 0; i < sizeof flood / sizeof *flood; i++) {
        char *text = malloc(200000), *at = text, line[16000];
        struct fault fault = {.class = FAULT_NONE};
        struct reader in;
        struct http_head head;
        bool fresh;
        memset(line, 'x', sizeof line);
        memcpy(line, "A: ", 3);
        memcpy(line + sizeof line - 3, "\r\n", 3);
        at += sprintf(at, "%s", flood[i].start);
        for (size_t k = 0; k < flood[i].times; k++)
            at += sprintf(at, "%s", flood[i].line ? flood[i].line : line);
        at += sprintf(at, "\r\n");
        reader_memory(&in, text, (size_t)(at - text), "test", &fault);
        CHECK(http_read_head(&in, &head, &fresh) < 0 && fault.class == FAULT_LIMIT &&
                  strstr(fault.text, flood[i].words),
              "%s: %s", flood[i].why, fault.text);
        free(text);
    }
}

static void what_is_kept(void)
{
    static const char text[] =
        "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"a\"\r\n"
        "www-authenticate: Negotiate\r\nContent-Type: Text/HTML; charset=x\r\n"
        "Server: nginx\r\nX-Gitlab-Meta: 1\r\nETag:\"a: b\" \r\nRetry-After: 7\r\n"
        "Content-Encoding: gzip\r\nContent-Encoding: identity\r\n"
        "Connection: Keep-Alive, close\r\nContent-Length: 0\r\n\r\nnext";
    struct fault fault = {.class = FAULT_NONE};
    struct reader in;
    struct http_head head;
    bool fresh;
    reader_memory(&in, text, sizeof text - 1, "test", &fault);
    CHECK(http_read_head(&in, &head, &fresh) == 0, "%s", fault.text);
    CHECK(head.status == 401 && head.close && head.has_length && head.length == 0, "status");
    CHECK_TEXT(head.challenge, "Basic realm=\"a\", Negotiate");
    CHECK_TEXT(head.content_type, "text/html");
    CHECK_TEXT(head.server, "nginx");
    CHECK_TEXT(head.others, "X-Gitlab-Meta: 1\nETag: \"a: b\"\nContent-Encoding: identity");
    CHECK_TEXT(head.retry_after, "7");
    CHECK_TEXT(head.content_encoding, "gzip");
    CHECK(memcmp(in.at, "next", 4) == 0, "stands at the next answer");
}

/* A challenge of the proxy's is no offer of the server's, nor the other way round. */
static void whose_challenge(void)
{
    static const struct {
        const char *head, *challenge;
        bool basic;
    } heads[] = {
        {"HTTP/1.1 407 A\r\nProxy-Authenticate: Basic\r\n\r\n", "Basic", true},
        {"HTTP/1.1 407 A\r\nproxy-authenticate: Digest\r\n\r\n", "Digest", false},
        {"HTTP/1.1 407 A\r\nWWW-Authenticate: Basic\r\n\r\n", "", false},
        {"HTTP/1.1 401 A\r\nProxy-Authenticate: Basic\r\n\r\n", "", false},
        {"HTTP/1.1 407 A\r\nWWW-Authenticate: Basic\r\nProxy-Authenticate: NTLM\r\n\r\n", "NTLM",
         false},
    };
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
        struct fault fault = {.class = FAULT_NONE};
        struct reader in;
        struct http_head head;
        bool fresh;
        reader_memory(&in, heads[i].head, strlen(heads[i].head), "test", &fault);
        CHECK(http_read_head(&in, &head, &fresh) == 0, "%s", fault.text);
        CHECK_TEXT(head.challenge, heads[i].challenge);
        CHECK(head.offers_basic == heads[i].basic, "%s", heads[i].head);
    }
}

/* H1: one line may be almost as long as the head. The last Location counts. */
static void long_lines(void)
{
    static char text[HTTP_HEAD_MAX], line[20000];
    struct fault fault = {.class = FAULT_NONE};
    struct reader in;
    static struct http_head head;
    bool fresh;
    memset(line, 'x', sizeof line - 1);
    int size = snprintf(text, sizeof text,
                        OK "Set-Cookie: %s\r\nLocation: /a\r\nLocation: /%s\r\n"
                           "WWW-Authenticate: Bearer %.2000s, Basic realm=\"a\"\r\n"
                           "Content-Length: 0\r\n\r\n",
                        line, line, line);
    reader_memory(&in, text, (size_t)size, "test", &fault);
    CHECK(http_read_head(&in, &head, &fresh) == 0, "%s", fault.text);
    CHECK(strlen(head.location) == sizeof line && head.location[0] == '/', "a long Location");
    CHECK(head.offers_basic && head.has_length, "what stands behind it");
}

/* No header of ours can be split by what a URL or a file says. */
static void writing(void)
{
    struct fault fault = {.class = FAULT_NONE};
    unsigned char buffer[256];
    struct memory_writer out;
    struct http_header header = {"Host", "h"}, split = {"Host", "h\r\nX: y"};
    writer_memory(&out, buffer, sizeof buffer, "request", &fault);
    CHECK(http_write_head(&out.writer, "GET", "/", "x", &header, 1) == 0, "%s", fault.text);
    CHECK(out.used == 28 && memcmp(buffer, "GET /x HTTP/1.1\r\nHost: h\r\n\r\n", 28) == 0, "%zu",
          out.used);
    CHECK(http_write_head(&out.writer, "GET", "/", "x", &split, 1) < 0, "a header with CR LF");
    CHECK(http_write_head(&out.writer, "GET", "/x\ny", "", &header, 1) < 0, "a target with LF");
}

int main(void)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        pieces_all(rows[i].bytes, rows[i].size, answer_run, (void *)&rows[i]);
    floods();
    what_is_kept();
    whose_challenge();
    long_lines();
    writing();
    return T_DONE();
}
