/* SPDX-License-Identifier: MIT */
/* HTTP/1.1 heads and bodies (RFC 9112).
 *
 *   response  = "HTTP/1." DIGIT SP 3DIGIT [ SP reason ] CRLF *( name ":" value CRLF ) CRLF body
 *
 * Format notes
 * - A bare LF ends a line (RFC 9112, 2.2 allows it); a bare CR or a NUL inside is refused.
 * - A folded line, a space before the colon, two lengths, a length together with chunked: refused.
 */
#include "http.h"

#include "bytes.h"
#include "http_challenge.h"
#include "url.h"

#include <inttypes.h>
#include <stddef.h>
#include <string.h>

static bool has_control(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < 0x20 && *text != '\t')
            return true;
    return false;
}

/* Paths and tokens may be longer than what writer_text() takes. */
static int put(struct writer *out, const char *text)
{
    return writer_put(out, text, strlen(text));
}

int http_write_head(struct writer *out, const char *method, const char *path, const char *tail,
                    const struct http_header *headers, size_t count)
{
    if (has_control(path) || strchr(path, ' ') || has_control(tail) || strchr(tail, ' '))
        return fault_set(out->fault, FAULT_USAGE, "request: a control byte in the target");
    if (put(out, method) < 0 || put(out, " ") < 0 || put(out, path) < 0 || put(out, tail) < 0 ||
        put(out, " HTTP/1.1\r\n") < 0)
        return -1;
    for (size_t i = 0; i < count; i++) {
        if (has_control(headers[i].value))
            return fault_set(out->fault, FAULT_USAGE, "request: a control byte in %s",
                             headers[i].name);
        if (put(out, headers[i].name) < 0 || put(out, ": ") < 0 || put(out, headers[i].value) < 0 ||
            put(out, "\r\n") < 0)
            return -1;
    }
    return put(out, "\r\n");
}

/* A head while it is read. */
struct head_reader {
    struct reader *in;
    size_t bytes, lines;
    char *line; /* in the text of the head, behind what is kept there */
    size_t room, size;
};

/* line = *OCTET ( CRLF / LF ) */
int http_read_line(struct reader *in, char *line, size_t room, size_t *size)
{
    size_t used = 0;
    for (;;) {
        unsigned char c;
        int rc = reader_byte(in, &c);
        if (rc < 0)
            return -1;
        if (rc == 0)
            return fault_set(in->fault, FAULT_NETWORK, "HTTP: the connection ends inside a head");
        if (c == '\n')
            break;
        if (used + 1 >= room)
            return fault_set(in->fault, FAULT_LIMIT, "HTTP: a line of over %zu bytes", room - 1);
        line[used++] = (char)c;
    }
    if (used > 0 && line[used - 1] == '\r')
        used--;
    if (memchr(line, '\r', used) || memchr(line, '\0', used))
        return fault_set(in->fault, FAULT_PROTOCOL, "HTTP: a bare CR or a NUL in a line");
    line[used] = '\0';
    *size = used;
    return 0;
}

static int head_line(struct head_reader *head)
{
    if (http_read_line(head->in, head->line, head->room, &head->size) < 0)
        return -1;
    head->bytes += head->size + 2;
    if (head->bytes > HTTP_HEAD_MAX)
        return fault_set(head->in->fault, FAULT_LIMIT, "HTTP: a head of over %d bytes",
                         HTTP_HEAD_MAX);
    if (++head->lines > HTTP_LINES_MAX)
        return fault_set(head->in->fault, FAULT_LIMIT, "HTTP: over %d header lines",
                         HTTP_LINES_MAX);
    return 0;
}

/* status-line = "HTTP/1." DIGIT SP 3DIGIT [ SP reason ] */
static int read_status(struct head_reader *head, struct http_head *out)
{
    const char *line = head->line = out->text;
    uint64_t status;
    head->room = sizeof out->text;
    if (head_line(head) < 0)
        return -1;
    if (head->size < 12 || memcmp(line, "HTTP/1.", 7) != 0 || (line[7] != '0' && line[7] != '1') ||
        line[8] != ' ' || (line[12] != '\0' && line[12] != ' ') ||
        bytes_decimal(line + 9, 3, &status) < 0 || status < 100 || status > 599)
        return fault_set(head->in->fault, FAULT_PROTOCOL,
                         "HTTP: '%.60s' is no status line of HTTP/1.1", line);
    memset(out, 0, offsetof(struct http_head, text));
    out->status = (int)status;
    out->close = line[7] == '0';
    out->location = "";
    return 0;
}

static bool equal(const char *a, const char *b)
{
    while (*a && bytes_lower(*a) == bytes_lower(*b)) {
        a++;
        b++;
    }
    return *a == *b;
}

/* Appends VALUE to OUT, SEPARATOR between; what does not fit is cut. */
static void append(char *out, size_t room, const char *separator, const char *value)
{
    size_t used = strlen(out);
    for (const char *part = used ? separator : ""; *part && used + 1 < room; part++)
        out[used++] = *part;
    for (; *value && used + 1 < room; value++)
        out[used++] = *value;
    out[used] = '\0';
}

static int take_length(struct head_reader *head, const char *value, struct http_head *out)
{
    if (out->has_length)
        return fault_set(head->in->fault, FAULT_PROTOCOL, "HTTP: Content-Length twice");
    if (bytes_decimal(value, strlen(value), &out->length) < 0)
        return fault_set(head->in->fault, FAULT_PROTOCOL, "HTTP: Content-Length '%.40s'", value);
    out->has_length = true;
    return 0;
}

static int take_coding(struct head_reader *head, const char *value, struct http_head *out)
{
    if (out->chunked || !equal(value, "chunked"))
        return fault_set(head->in->fault, FAULT_PROTOCOL,
                         "HTTP: Transfer-Encoding '%.60s', only chunked is known", value);
    out->chunked = true;
    return 0;
}

static void take_type(const char *value, struct http_head *out)
{
    size_t length = strcspn(value, "; \t");
    if (length >= sizeof out->content_type)
        length = sizeof out->content_type - 1;
    for (size_t i = 0; i < length; i++)
        out->content_type[i] = bytes_lower(value[i]);
    out->content_type[length] = '\0';
}

/* "close" among the comma-separated words. */
static void take_connection(const char *value, struct http_head *out)
{
    while (*value) {
        char word[16] = "";
        size_t length = strcspn(value, ", \t");
        if (length < sizeof word) {
            memcpy(word, value, length);
            out->close = equal(word, "close") || (out->close && !equal(word, "keep-alive"));
        }
        value += length;
        value += strspn(value, ", \t");
    }
}

/* The last one counts, and stands at the beginning of the text; lines are read behind it. */
static void keep_location(struct head_reader *head, const char *value, struct http_head *out)
{
    size_t size = strlen(value) + 1;
    memmove(out->text, value, size);
    out->location = out->text;
    head->line = out->text + size;
    head->room = sizeof out->text - size;
}

static int take_header(struct head_reader *head, const char *name, const char *value,
                       struct http_head *out)
{
    if (equal(name, "content-length"))
        return take_length(head, value, out);
    if (equal(name, "transfer-encoding"))
        return take_coding(head, value, out);
    if (equal(name, "content-type"))
        take_type(value, out);
    else if (equal(name, "connection"))
        take_connection(value, out);
    else if (equal(name, "location"))
        keep_location(head, value, out);
    else if (equal(name, out->status == 407 ? "proxy-authenticate" : "www-authenticate")) {
        out->offers_basic = out->offers_basic || http_challenge_offers(value, "Basic");
        append(out->challenge, sizeof out->challenge, ", ", value);
    } else if (equal(name, "server") && !out->server[0])
        append(out->server, sizeof out->server, "", value);
    else if (equal(name, "content-encoding") && !equal(value, "identity"))
        append(out->content_encoding, sizeof out->content_encoding, ", ", value);
    else if (equal(name, "retry-after") && !out->retry_after[0])
        append(out->retry_after, sizeof out->retry_after, "", value);
    else if (strlen(out->others) + strlen(name) + strlen(value) + 4 < sizeof out->others) {
        append(out->others, sizeof out->others, "\n", name);
        append(out->others, sizeof out->others, ": ", value);
    }
    return 0;
}

/* header = name ":" OWS value OWS ; name = token */
static int parse_header(struct head_reader *head, struct http_head *out)
{
    char *line = head->line, *colon = strchr(line, ':');
    if (line[0] == ' ' || line[0] == '\t')
        return fault_set(head->in->fault, FAULT_PROTOCOL, "HTTP: a folded header line");
    if (colon == NULL || colon == line || strcspn(line, " \t") < (size_t)(colon - line))
        return fault_set(head->in->fault, FAULT_PROTOCOL, "HTTP: '%.60s' is no header line",
                         url_shown(line));
    *colon = '\0';
    char *value = colon + 1 + strspn(colon + 1, " \t");
    for (char *end = value + strlen(value); end > value && (end[-1] == ' ' || end[-1] == '\t');)
        *--end = '\0';
    return take_header(head, line, value, out);
}

/* One head, 1xx or final. */
static int read_head(struct head_reader *head, struct http_head *out)
{
    if (read_status(head, out) < 0)
        return -1;
    for (;;) {
        if (head_line(head) < 0)
            return -1;
        if (head->size == 0)
            break;
        if (parse_header(head, out) < 0)
            return -1;
    }
    if (out->chunked && out->has_length)
        return fault_set(head->in->fault, FAULT_PROTOCOL,
                         "HTTP: Content-Length together with chunked");
    if (!out->chunked && !out->has_length && out->status != 204 && out->status != 304)
        out->close = true;
    return 0;
}

int http_read_head(struct reader *in, struct http_head *out, bool *fresh_close)
{
    struct head_reader head = {.in = in};
    int rc = reader_fill(in);
    *fresh_close = rc == 0;
    if (rc < 0)
        return -1;
    if (rc == 0)
        return fault_set(in->fault, FAULT_NETWORK,
                         "the server closed the connection without an answer");
    for (int informational = 0;; informational++) {
        if (informational > HTTP_INFORMATIONAL_MAX)
            return fault_set(in->fault, FAULT_LIMIT, "HTTP: over %d informational answers",
                             HTTP_INFORMATIONAL_MAX);
        if (read_head(&head, out) < 0)
            return -1;
        if (out->status == 101)
            return fault_set(in->fault, FAULT_PROTOCOL,
                             "HTTP: the server changes to another protocol");
        if (out->status >= 200)
            return 0;
    }
}
