/* SPDX-License-Identifier: MIT */
/* Answers: fixed ones, raw bytes, refusals, and what git http-backend says. */
#include "server.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PIECE = 16384, HEADERS_SIZE = 16384 };

/* A body on its way, in one of three framings. */
struct body {
    struct wire *wire;
    const struct options *options;
    enum { BY_LENGTH, CHUNKED, UNTIL_CLOSE } framing;
    long long sent;
    bool spared; /* not to be cut: that was done often enough */
};

static void head_line(char *head, const char *name, const char *value)
{
    size_t used = strlen(head);
    snprintf(head + used, HEADERS_SIZE - used, "%s%s%s\r\n", name, name[0] ? ": " : "", value);
}

/* Sends the head. LENGTH of the body, -1 when it is not known. */
static void begin(struct body *body, const char *status, const char *headers, long long length)
{
    char head[HEADERS_SIZE] = "", number[32];
    const struct options *options = body->options;
    body->framing = options->until_close             ? UNTIL_CLOSE
                    : options->chunked || length < 0 ? CHUNKED
                                                     : BY_LENGTH;
    snprintf(head, sizeof head, "HTTP/1.1 %s\r\n%s", status, headers);
    for (size_t i = 0; i < options->header_count; i++)
        head_line(head, "", options->headers[i]);
    snprintf(number, sizeof number, "%lld", length);
    if (body->framing == BY_LENGTH)
        head_line(head, "Content-Length", number);
    else if (body->framing == CHUNKED)
        head_line(head, "Transfer-Encoding", "chunked");
    else
        head_line(head, "Connection", "close");
    head_line(head, "", "");
    wire_text(body->wire, head);
}

static void put(struct body *body, const char *bytes, size_t size)
{
    char line[32];
    long long cut = body->options->cut;
    bool last = cut >= 0 && !body->spared && body->sent + (long long)size >= cut;
    if (last && body->options->cuts > 0 &&
        __atomic_fetch_add(body->options->cuts_made, 1, __ATOMIC_SEQ_CST) >= body->options->cuts) {
        body->spared = true;
        last = false;
    }
    if (last)
        size = (size_t)(cut - body->sent);
    snprintf(line, sizeof line, "%zx\r\n", size);
    if (body->framing == CHUNKED && size > 0)
        wire_text(body->wire, line);
    wire_write(body->wire, bytes, size);
    body->sent += (long long)size;
    if (last)
        wire_abort(body->wire);
    if (body->framing == CHUNKED && size > 0)
        wire_text(body->wire, "\r\n");
}

static bool end(struct body *body)
{
    if (body->framing == CHUNKED)
        wire_text(body->wire, "0\r\n\r\n");
    return body->framing != UNTIL_CLOSE;
}

/* The body is what FD still gives. */
static bool pass(struct body *body, int fd)
{
    char piece[PIECE];
    ssize_t got;
    while ((got = read(fd, piece, sizeof piece)) > 0)
        put(body, piece, (size_t)got);
    close(fd);
    return end(body);
}

static bool say(struct wire *wire, const struct options *options, const char *status,
                const char *headers, const char *text)
{
    struct body body = {.wire = wire, .options = options};
    begin(&body, status, headers, (long long)strlen(text));
    put(&body, text, strlen(text));
    return end(&body);
}

static bool say_file(struct wire *wire, const struct options *options)
{
    struct body body = {.wire = wire, .options = options};
    struct stat st = {.st_size = 0};
    char status[64];
    int fd = open(options->body ? options->body : "/dev/null", O_RDONLY);
    if (fd < 0 || fstat(fd, &st) < 0)
        die("cannot read --body");
    snprintf(status, sizeof status, "%d Fixed", options->status);
    begin(&body, status, "", (long long)st.st_size);
    return pass(&body, fd);
}

/* What stands behind NAME in the request's head; NULL: it is not there. */
static const char *head_value(const struct request *request, const char *name)
{
    const char *at = strstr(request->head, name);
    return at ? at + strlen(name) : NULL;
}

/* A file below --files, from where Range says (RFC 9110, 14.2). */
static bool say_static(struct wire *wire, const struct request *request,
                       const struct options *options, int fd)
{
    struct body body = {.wire = wire, .options = options};
    struct stat st;
    char headers[256], tag[64];
    const char *range = head_value(request, "\nRange: bytes="),
               *condition = head_value(request, "\nIf-Range: ");
    if (fstat(fd, &st) < 0)
        die("cannot read a file");
    long long size = (long long)st.st_size, from = range ? atoll(range) : 0;
    snprintf(tag, sizeof tag, "\"%llx-%llx\"", (unsigned long long)st.st_ino,
             (unsigned long long)size);
    if (range == NULL || from > size || condition == NULL ||
        strncmp(condition, tag, strlen(tag)) != 0)
        from = 0;
    lseek(fd, (off_t)from, SEEK_SET);
    snprintf(headers, sizeof headers, "ETag: %s\r\n", tag);
    if (from > 0)
        snprintf(headers + strlen(headers), sizeof headers - strlen(headers),
                 "Content-Range: bytes %lld-%lld/%lld\r\n", from, size - 1, size);
    begin(&body, from > 0 ? "206 Partial Content" : "200 OK", headers, size - from);
    return pass(&body, fd);
}

static int open_static(const struct request *request, const struct options *options)
{
    char path[VALUE_SIZE + 4096];
    if (options->files == NULL || strstr(request->path, ".."))
        return -1;
    snprintf(path, sizeof path, "%s%s", options->files, request->path);
    int fd = open(path, O_RDONLY);
    struct stat st;
    if (fd >= 0 && (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))) {
        close(fd);
        fd = -1;
    }
    return fd;
}

/* The next of the raw files; the last one stays. */
static bool say_raw(struct wire *wire, const struct options *options)
{
    char piece[PIECE];
    ssize_t got;
    unsigned which = __atomic_fetch_add(options->raw_next, 1, __ATOMIC_SEQ_CST);
    bool more = which + 1 < options->raw_count;
    int fd = open(options->raw[more ? which : options->raw_count - 1], O_RDONLY);
    if (fd < 0)
        die("cannot read --raw");
    while ((got = read(fd, piece, sizeof piece)) > 0)
        wire_write(wire, piece, (size_t)got);
    close(fd);
    return more;
}

static void base64(const char *text, char *out)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t size = strlen(text);
    for (size_t i = 0; i < size; i += 3) {
        unsigned group = 0;
        for (size_t j = 0; j < 3; j++)
            group = group << 8 | (i + j < size ? (unsigned char)text[i + j] : 0);
        for (size_t j = 0; j < 4; j++)
            *out++ = j <= size - i ? digits[group >> (18 - 6 * j) & 63] : '=';
    }
    *out = '\0';
}

static bool authorized(const struct request *request, const struct options *options)
{
    char secret[8192], due[12288] = "Basic ";
    if (options->bearer)
        return strncmp(request->authorization, "Bearer ", 7) == 0 &&
               strcmp(request->authorization + 7, options->bearer) == 0;
    if (!options->user)
        return true;
    snprintf(secret, sizeof secret, "%s:%s", options->user,
             options->password ? options->password : "");
    base64(secret, due + strlen(due));
    return strcmp(request->authorization, due) == 0;
}

/* What stands before the empty line in the CGI's answer. */
static bool read_cgi_head(int fd, char *head, size_t size)
{
    size_t used = 0;
    while (used < size - 1 && read(fd, head + used, 1) == 1) {
        head[++used] = '\0';
        if (used >= 4 && strcmp(head + used - 4, "\r\n\r\n") == 0) {
            head[used - 2] = '\0';
            return true;
        }
    }
    return false;
}

static bool say_backend(struct wire *wire, const struct request *request,
                        const struct options *options)
{
    struct body body = {.wire = wire, .options = options};
    char head[HEADERS_SIZE], headers[HEADERS_SIZE] = "", status[256] = "200 OK";
    long long length = -1;
    pid_t child = -1;
    int fd =
        options->remember ? cgi_remembered(request, options) : cgi_start(request, options, &child);
    if (!read_cgi_head(fd, head, sizeof head))
        return say(wire, options, "500 Internal Server Error", "", "git http-backend failed\n");
    for (char *line = strtok(head, "\r\n"); line; line = strtok(NULL, "\r\n")) {
        if (strncasecmp(line, "Status: ", 8) == 0)
            snprintf(status, sizeof status, "%s", line + 8);
        else if (strncasecmp(line, "Content-Length: ", 16) == 0)
            length = atoll(line + 16);
        else
            head_line(headers, "", line);
    }
    begin(&body, status, headers, length);
    bool keep = pass(&body, fd);
    if (child > 0)
        waitpid(child, NULL, 0);
    return keep;
}

static bool redirect(struct wire *wire, const struct request *request,
                     const struct options *options)
{
    char header[2 * VALUE_SIZE];
    snprintf(header, sizeof header, "Location: %s%s\r\n", options->redirect_to,
             request->target + strlen(options->redirect_from));
    return say(wire, options, "302 Found", header, "");
}

bool answer(struct wire *wire, const struct request *request, const struct options *options)
{
    char challenge[VALUE_SIZE];
    bool keep;
    int fd;
    if (options->raw_count > 0)
        return say_raw(wire, options);
    if (options->redirect_from &&
        strncmp(request->target, options->redirect_from, strlen(options->redirect_from)) == 0) {
        keep = redirect(wire, request, options);
    } else if (!authorized(request, options)) {
        snprintf(challenge, sizeof challenge, "WWW-Authenticate: %s realm=\"%s\"\r\n",
                 options->bearer ? "Bearer" : "Basic", options->realm);
        keep = say(wire, options, "401 Unauthorized", challenge, "Unauthorized\n");
    } else if (options->status != 0) {
        keep = say_file(wire, options);
    } else if ((fd = open_static(request, options)) >= 0) {
        keep = say_static(wire, request, options, fd);
    } else if (options->root) {
        keep = say_backend(wire, request, options);
    } else {
        keep = say(wire, options, "404 Not Found", "", "nothing here\n");
    }
    return keep && !request->close;
}
