/* SPDX-License-Identifier: MIT */
/* Requests as git's clients send them; strictness is not this server's job. */
#include "server.h"

#include <ctype.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

/* Reads the head byte by byte: what follows it stays unread. False at the end of the stream. */
static bool read_head(struct wire *wire, struct request *request)
{
    size_t used = 0;
    while (used < sizeof request->head - 1) {
        if (wire_read(wire, request->head + used, 1) <= 0)
            return false;
        if (used == 0 && !isupper((unsigned char)request->head[0])) {
            char piece[8192];
            wire_read(wire, piece, sizeof piece);
            request->http = false;
            return true;
        }
        used++;
        if (used >= 4 && memcmp(request->head + used - 4, "\r\n\r\n", 4) == 0)
            break;
    }
    request->head[used] = '\0';
    request->http = true;
    return true;
}

static void copy(char *out, size_t size, const char *text, size_t length)
{
    snprintf(out, size, "%.*s", (int)(length < size ? length : size - 1), text);
}

static void take_header(struct request *request, const char *line, size_t length)
{
    const struct {
        const char *name;
        char *value;
        size_t size;
    } rows[] = {
        {"authorization:", request->authorization, sizeof request->authorization},
        {"user-agent:", request->user_agent, sizeof request->user_agent},
        {"accept:", request->accept, sizeof request->accept},
        {"git-protocol:", request->git_protocol, sizeof request->git_protocol},
        {"content-type:", request->content_type, sizeof request->content_type},
        {"content-encoding:", request->content_encoding, sizeof request->content_encoding},
    };
    const char *colon = memchr(line, ':', length);
    if (!colon)
        return;
    const char *value = colon + 1 + strspn(colon + 1, " \t");
    size_t name_size = (size_t)(colon + 1 - line), value_size = (size_t)(line + length - value);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (strlen(rows[i].name) == name_size && strncasecmp(line, rows[i].name, name_size) == 0)
            copy(rows[i].value, rows[i].size, value, value_size);
    if (strncasecmp(line, "content-length:", 15) == 0)
        request->length = atoll(value);
    if (strncasecmp(line, "transfer-encoding: chunked", 26) == 0)
        request->chunked = true;
    if (strncasecmp(line, "expect: 100", 11) == 0)
        request->expect = true;
    if (strncasecmp(line, "connection: close", 17) == 0)
        request->close = true;
}

static void parse_head(struct request *request)
{
    const char *line = request->head, *end = strstr(line, "\r\n");
    sscanf(line, "%15s %16383s", request->method, request->target);
    copy(request->path, sizeof request->path, request->target, strcspn(request->target, "?"));
    const char *query = strchr(request->target, '?');
    copy(request->query, sizeof request->query, query ? query + 1 : "",
         query ? strlen(query + 1) : 0);
    while (end && (line = end + 2, end = strstr(line, "\r\n")) && end != line)
        take_header(request, line, (size_t)(end - line));
}

static void spool(struct wire *wire, struct request *request, long long size)
{
    char piece[16384];
    while (size > 0) {
        size_t want = size < (long long)sizeof piece ? (size_t)size : sizeof piece;
        ssize_t got = wire_read(wire, piece, want);
        if (got <= 0 || write(request->body, piece, (size_t)got) != got)
            _exit(0);
        size -= got;
        request->got += got;
    }
}

static void read_line(struct wire *wire, char *line, size_t size)
{
    size_t used = 0;
    while (used < size - 1 && wire_read(wire, line + used, 1) == 1 && line[used] != '\n')
        used++;
    line[used] = '\0';
}

static void spool_chunks(struct wire *wire, struct request *request)
{
    char line[256];
    for (;;) {
        read_line(wire, line, sizeof line);
        long long size = strtoll(line, NULL, 16);
        spool(wire, request, size);
        read_line(wire, line, sizeof line);
        if (size == 0)
            return;
    }
}

bool request_read(struct wire *wire, struct request *request)
{
    FILE *file;
    memset(request, 0, sizeof *request);
    request->length = -1;
    if (!read_head(wire, request))
        return false;
    file = tmpfile();
    request->body = file ? dup(fileno(file)) : -1;
    if (!file || request->body < 0)
        die("no temporary file");
    fclose(file);
    if (!request->http)
        return true;
    parse_head(request);
    if (request->expect)
        wire_text(wire, "HTTP/1.1 100 Continue\r\n\r\n");
    if (request->chunked)
        spool_chunks(wire, request);
    else
        spool(wire, request, request->length);
    lseek(request->body, 0, SEEK_SET);
    return true;
}

static void append(const char *path, const char *text, size_t size)
{
    int fd = open(path, O_WRONLY | O_APPEND | O_CREAT, 0600);
    if (fd < 0 || write(fd, text, size) < 0)
        die("cannot write the log");
    close(fd);
}

void request_log(const struct request *request, const struct options *options)
{
    char line[2 * VALUE_SIZE];
    if (options->heads)
        append(options->heads, request->head, strlen(request->head));
    if (!options->log)
        return;
    int length = snprintf(
        line, sizeof line, "%s %s auth=%s agent=\"%s\" accept=\"%s\" protocol=\"%s\" body=%lld\n",
        request->method, request->target, request->authorization[0] ? "yes" : "no",
        request->user_agent, request->accept, request->git_protocol, request->got);
    append(options->log, line, length < 0 ? 0 : (size_t)length);
}
