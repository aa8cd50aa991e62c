/* SPDX-License-Identifier: MIT */
#include "remote/trace.h"

#include "proto/bytes.h"
#include "proto/url.h"
#include "system/monotonic.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

/* Bytes as they stand in git's documents: LF as \n, NUL as \0, what a terminal must not get and
 * every byte that is not ASCII as \xHH. */
static void escaped_put(FILE *out, const unsigned char *data, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        unsigned char c = data[i];
        bool digit_follows = i + 1 < size && data[i + 1] >= '0' && data[i + 1] <= '9';
        if (c == '\n')
            fputs("\\n", out);
        else if (c == '\0' && !digit_follows)
            fputs("\\0", out);
        else if (c == '\\')
            fputs("\\\\", out);
        else if (c < ' ' || c > '~')
            fprintf(out, "\\x%02x", c);
        else
            putc(c, out);
    }
}

static void whole_line_watch(struct pkt_watch *watch, char side, enum pkt_kind kind,
                             const unsigned char *data, size_t size);

/* Which watch it has says whether a trace is whole. */
static bool is_whole(const struct trace *trace)
{
    return trace->watch.line == whole_line_watch;
}

/* "C: ", and in a whole trace "C 81234567: ". */
static void side_put(const struct trace *trace, char side, bool more)
{
    putc(side, trace->out);
    if (is_whole(trace))
        fprintf(trace->out, " %" PRId64, monotonic_us());
    fputs(more ? ": " : ":", trace->out);
}

static void pack_report(struct trace *trace, char side)
{
    if (trace->pack_bytes == 0)
        return;
    fprintf(trace->out, "%c: PACK ... %" PRIu64 " bytes of pack data\n", side, trace->pack_bytes);
    trace->pack_bytes = 0;
}

static const char *const specials[] = {
    [PKT_FLUSH] = "0000", [PKT_DELIM] = "0001", [PKT_RESPONSE_END] = "0002"};

static void line_put(const struct trace *trace, char side, enum pkt_kind kind,
                     const unsigned char *data, size_t size)
{
    side_put(trace, side, true);
    if (kind == PKT_DATA)
        fprintf(trace->out, "%04x", (unsigned)size + 4);
    else
        fputs(specials[kind], trace->out);
    escaped_put(trace->out, data, size);
    putc('\n', trace->out);
}

static void whole_line_watch(struct pkt_watch *watch, char side, enum pkt_kind kind,
                             const unsigned char *data, size_t size)
{
    line_put((struct trace *)watch, side, kind, data, size);
}

/* A line of band 1 is told from a text line by its first byte: no text line begins with 01. */
static void line_watch(struct pkt_watch *watch, char side, enum pkt_kind kind,
                       const unsigned char *data, size_t size)
{
    struct trace *trace = (struct trace *)watch;
    if (kind == PKT_DATA && side == 'S' && size > 1 && data[0] == 1) {
        trace->pack_bytes += size - 1;
        return;
    }
    if (kind != PKT_DATA)
        pack_report(trace, side);
    line_put(trace, side, kind, data, size);
}

static FILE *file_open(const char *target)
{
    int fd = open(target, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY, 0600);
    FILE *file = fd < 0 ? NULL : fdopen(fd, "a");
    if (!file && fd >= 0)
        close(fd);
    if (file)
        setvbuf(file, NULL, _IOLBF, BUFSIZ);
    return file;
}

int trace_open(struct trace *trace, const char *target, struct fault *fault)
{
    static const char whole[] = "whole:";
    *trace = (struct trace){.watch = {.line = line_watch}};
    if (target && strncmp(target, whole, strlen(whole)) == 0) {
        trace->watch.line = whole_line_watch;
        target += strlen(whole);
    }
    if (!target || strcmp(target, "0") == 0)
        return 0;
    if (*target == '\0' || strcmp(target, "1") == 0)
        trace->out = stderr;
    else
        trace->out = file_open(target);
    if (!trace->out)
        return fault_set(fault, FAULT_LOCAL, "cannot open the trace file '%s': %s", target,
                         strerror(errno));
    return 0;
}

void trace_close(struct trace *trace)
{
    if (!trace->out)
        return;
    pack_report(trace, 'S');
    if (trace->out != stderr)
        fclose(trace->out);
    trace->out = NULL;
}

struct pkt_watch *trace_watch(struct trace *trace)
{
    return trace && trace->out ? &trace->watch : NULL;
}

void trace_pack(struct trace *trace, const unsigned char *bytes, size_t size)
{
    if (!is_whole(trace)) {
        trace->pack_bytes += size;
        return;
    }
    side_put(trace, 'P', true);
    escaped_put(trace->out, bytes, size);
    putc('\n', trace->out);
}

/* The length of TEXT up to and with what stands in front of a secret in it, and in *REST where the
 * line goes on. SIZE when there is none. */
static size_t secret_find(const char *text, size_t size, size_t *rest)
{
    static const char *const hidden[] = {
        "authorization:", "proxy-authorization:", "cookie:", "set-cookie:"};
    *rest = size;
    for (size_t i = 0; i < sizeof hidden / sizeof *hidden; i++) {
        size_t length = strlen(hidden[i]);
        if (size >= length && strncasecmp(text, hidden[i], length) == 0)
            return length;
    }
    static const char location[] = "location:";
    size_t from = strlen(location), start;
    if (size > from && strncasecmp(text, location, from) == 0)
        while (from < size && (text[from] == ' ' || text[from] == '\t'))
            from++;
    else
        for (from = 0; from < size && (size - from < 3 || memcmp(text + from, "://", 3) != 0);
             from++)
            ;
    size_t end = url_user_end(text + from, size - from, &start);
    if (end == 0)
        return size;
    *rest = from + end - 1;
    return from + start;
}

void trace_head(struct trace *trace, char side, const char *text, size_t size)
{
    size_t rest;
    if (!trace_watch(trace))
        return;
    while (size > 0 && (text[size - 1] == '\r' || text[size - 1] == '\n'))
        size--;
    size_t open = secret_find(text, size, &rest);
    side_put(trace, side, size > 0);
    escaped_put(trace->out, (const unsigned char *)text, open);
    if (open < size) {
        fputs(rest == size ? " <redacted>" : "<redacted>", trace->out);
        escaped_put(trace->out, (const unsigned char *)text + rest, size - rest);
    }
    putc('\n', trace->out);
}

void trace_note(struct trace *trace, const char *format, ...)
{
    char text[1024], shown[2048];
    va_list args;
    if (!trace_watch(trace))
        return;
    va_start(args, format);
    int length = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    size_t used = length < 0 ? 0 : (size_t)length < sizeof text ? (size_t)length : sizeof text - 1;
    bytes_caret(text, used, "", shown, sizeof shown);
    fprintf(trace->out, "== %s\n", shown);
}
