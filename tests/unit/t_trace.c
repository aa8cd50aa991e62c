/* SPDX-License-Identifier: MIT */
#define _POSIX_C_SOURCE 200809L
#include "remote/trace.h"
#include "t.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char path[] = "/tmp/t_trace.XXXXXX";

static const char *content(void)
{
    static char text[8192];
    FILE *file = fopen(path, "r");
    size_t size = file ? fread(text, 1, sizeof text - 1, file) : 0;
    text[size] = '\0';
    if (file)
        fclose(file);
    return text;
}

static void begin(struct trace *trace)
{
    struct fault fault;
    fault_clear(&fault);
    unlink(path);
    CHECK(trace_open(trace, path, &fault) == 0, "%s", fault.text);
}

static void say(struct trace *trace, char side, const char *text, size_t size)
{
    trace->watch.line(&trace->watch, side, PKT_DATA, (const unsigned char *)text, size);
}

static void pkt_lines(void)
{
    struct trace trace;
    begin(&trace);
    say(&trace, 'S', "# service=git-upload-pack\n", 26);
    trace.watch.line(&trace.watch, 'S', PKT_FLUSH, NULL, 0);
    say(&trace, 'C', "command=ls-refs\n", 16);
    trace.watch.line(&trace.watch, 'C', PKT_DELIM, NULL, 0);
    say(&trace, 'S', "HEAD\0caps \\ \033[1m\xc3\xbc", 18);
    say(&trace, 'S',
        "a\0"
        "5",
        3);
    trace_close(&trace);
    CHECK_TEXT(content(), "S: 001e# service=git-upload-pack\\n\n"
                          "S: 0000\n"
                          "C: 0014command=ls-refs\\n\n"
                          "C: 0001\n"
                          "S: 0016HEAD\\0caps \\\\ \\x1b[1m\\xc3\\xbc\n"
                          "S: 0007a\\x005\n");
}

static void pack(void)
{
    struct trace trace;
    begin(&trace);
    say(&trace, 'S', "packfile\n", 9);
    say(&trace, 'S', "\001PACK....", 9);
    say(&trace, 'S', "\002hi\n", 4);
    say(&trace, 'S', "\001", 1);
    say(&trace, 'S', "\001....", 5);
    trace.watch.line(&trace.watch, 'S', PKT_FLUSH, NULL, 0);
    trace_close(&trace);
    CHECK_TEXT(content(), "S: 000dpackfile\\n\n"
                          "S: 0008\\x02hi\\n\n"
                          "S: 0005\\x01\n"
                          "S: PACK ... 12 bytes of pack data\n"
                          "S: 0000\n");
}

static void secrets(void)
{
    static const struct {
        const char *text, *shown;
    } rows[] = {
        {"GET /r.git/info/refs?service=git-upload-pack HTTP/1.1",
         "C: GET /r.git/info/refs?service=git-upload-pack HTTP/1.1\n"},
        {"Authorization: Basic aHVudGVyMg==", "C: Authorization: <redacted>\n"},
        {"AUTHORIZATION:Basic aHVudGVyMg==", "C: AUTHORIZATION: <redacted>\n"},
        {"Proxy-Authorization: x\r\n", "C: Proxy-Authorization: <redacted>\n"},
        {"Cookie: a=b", "C: Cookie: <redacted>\n"},
        {"Set-Cookie: a=b", "C: Set-Cookie: <redacted>\n"},
        {"Location: https://u:hunter2@h/r.git", "C: Location: https://<redacted>@h/r.git\n"},
        {"Location: //u:hunter2@h/r", "C: Location: //<redacted>@h/r\n"},
        {"Location: u:hunter2@h/r", "C: Location: <redacted>@h/r\n"},
        {"location:u:hunt er2@h/r", "C: location:<redacted>@h/r\n"},
        {"Location: https://u:hunt?er/2@h/r", "C: Location: https://<redacted>@h/r\n"},
        {"Location: /x?a=http://u:1@i/&b=http://u:hunter2@h/r", "C: Location: <redacted>@h/r\n"},
        {"Refresh: 0; url=https://u:hunter2@h/r", "C: Refresh: 0; url=https://<redacted>@h/r\n"},
        {"Server: a@b", "C: Server: a@b\n"},
        {"Location: https://h/r@2.git", "C: Location: https://h/r@2.git\n"},
        {"WWW-Authenticate: Basic realm=\"x\"", "C: WWW-Authenticate: Basic realm=\"x\"\n"},
        {"X: \033[2J", "C: X: \\x1b[2J\n"},
        {"", "C:\n"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct trace trace;
        begin(&trace);
        trace_head(&trace, 'C', rows[i].text, strlen(rows[i].text));
        trace_close(&trace);
        CHECK_TEXT(content(), rows[i].shown);
    }
}

static void off_and_on(void)
{
    struct trace trace;
    struct fault fault;
    struct stat st;
    fault_clear(&fault);
    CHECK(trace_open(&trace, NULL, &fault) == 0 && !trace_watch(&trace), "off");
    trace_head(&trace, 'C', "x", 1);
    trace_note(&trace, "x");
    trace_close(&trace);
    CHECK(trace_open(&trace, "0", &fault) == 0 && !trace_watch(&trace), "0 is off");
    CHECK(!trace_watch(NULL), "no trace");
    trace_note(NULL, "x");
    CHECK(trace_open(&trace, "", &fault) == 0 && trace.out == stderr, "stderr");
    trace_close(&trace);
    begin(&trace);
    trace_note(&trace, "hello %s", "\033");
    trace_close(&trace);
    CHECK(trace_open(&trace, path, &fault) == 0, "%s", fault.text);
    trace_note(&trace, "again");
    trace_close(&trace);
    CHECK_TEXT(content(), "== hello ^[\n== again\n");
    CHECK(stat(path, &st) == 0 && (st.st_mode & 0777) == 0600, "C1: mode %o",
          (unsigned)st.st_mode & 0777);
    CHECK(trace_open(&trace, "/nonexistent/trace", &fault) < 0 && fault.class == FAULT_LOCAL &&
              strstr(fault.text, "cannot open the trace file"),
          "%s", fault.text);
}

int main(void)
{
    int fd = mkstemp(path);
    if (fd < 0)
        return 2;
    close(fd);
    pkt_lines();
    pack();
    secrets();
    off_and_on();
    unlink(path);
    return T_DONE();
}
