/* SPDX-License-Identifier: MIT */
/* HTTP/1.1 heads and bodies (RFC 9112).
 *
 *   response  = "HTTP/1." DIGIT SP 3DIGIT [ SP reason ] CRLF *( name ":" value CRLF ) CRLF body
 *   chunked   = *( 1*HEXDIG [ ";" extension ] CRLF data CRLF ) "0" [ extension ] CRLF
 *               *( trailer CRLF ) CRLF
 *
 * Format notes
 * - A bare LF ends a line (RFC 9112, 2.2 allows it); a bare CR or a NUL inside is refused.
 * - A folded line, a space before the colon, two lengths, a length together with chunked: refused.
 */
#include "http.h"

#include "bytes.h"

#include <inttypes.h>
#include <string.h>

enum { LINE_MAX_BYTES = 16384, CHUNK_LINE_MAX = 256 }; /* longest header line, chunk-size line */
enum {
    BODY_LENGTH,
    BODY_CLOSE,
    BODY_CHUNK_HEAD,
    BODY_CHUNK,
    BODY_CHUNK_END,
    BODY_TRAILER,
    BODY_DONE
};

static bool has_control(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < 0x20 && *text != '\t')
            return true;
    return false;
}

int http_write_head(struct writer *out, const char *method, const char *target,
                    const struct http_header *headers, size_t count)
{
    if (has_control(target) || strchr(target, ' '))
        return fault_set(out->fault, FAULT_USAGE, "request: a control byte in the target");
    if (writer_text(out, "%s %s HTTP/1.1\r\n", method, target) < 0)
        return -1;
    for (size_t i = 0; i < count; i++) {
        if (has_control(headers[i].value))
            return fault_set(out->fault, FAULT_USAGE, "request: a control byte in %s",
                             headers[i].name);
        if (writer_text(out, "%s: %s\r\n", headers[i].name, headers[i].value) < 0)
            return -1;
    }
    return writer_put(out, "\r\n", 2);
}

/* A head while it is read. */
struct head_reader {
    struct reader *in;
    size_t bytes, lines;
    bool content_encoded;
    char line[LINE_MAX_BYTES];
    size_t size;
};

/* line = *OCTET ( CRLF / LF ), without its end in LINE. */
static int read_line(struct reader *in, char *line, size_t room, size_t *size)
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
    if (read_line(head->in, head->line, sizeof head->line, &head->size) < 0)
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
    const char *line = head->line;
    uint64_t status;
    if (head_line(head) < 0)
        return -1;
    if (head->size < 12 || memcmp(line, "HTTP/1.", 7) != 0 || (line[7] != '0' && line[7] != '1') ||
        line[8] != ' ' || (line[12] != '\0' && line[12] != ' ') ||
        bytes_decimal(line + 9, 3, &status) < 0 || status < 100 || status > 599)
        return fault_set(head->in->fault, FAULT_PROTOCOL,
                         "HTTP: '%.60s' is no status line of HTTP/1.1", line);
    *out = (struct http_head){.status = (int)status, .close = line[7] == '0'};
    return 0;
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool equal(const char *a, const char *b)
{
    while (*a && lower(*a) == lower(*b)) {
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
        out->content_type[i] = lower(value[i]);
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

static int take_header(struct head_reader *head, const char *name, const char *value,
                       struct http_head *out)
{
    if (equal(name, "content-length"))
        return take_length(head, value, out);
    if (equal(name, "transfer-encoding"))
        return take_coding(head, value, out);
    if (equal(name, "content-encoding") && !equal(value, "identity") && *value)
        return fault_set(head->in->fault, FAULT_PROTOCOL,
                         "HTTP: Content-Encoding '%.60s', which was not asked for", value);
    if (equal(name, "content-type"))
        take_type(value, out);
    else if (equal(name, "connection"))
        take_connection(value, out);
    else if (equal(name, "location") && strlen(value) >= sizeof out->location)
        return fault_set(head->in->fault, FAULT_LIMIT, "HTTP: a Location of over %zu bytes",
                         sizeof out->location - 1);
    else if (equal(name, "location"))
        memcpy(out->location, value, strlen(value) + 1);
    else if (equal(name, "www-authenticate"))
        append(out->challenge, sizeof out->challenge, ", ", value);
    else if (equal(name, "server") && !out->server[0])
        append(out->server, sizeof out->server, "", value);
    else if (equal(name, "retry-after") && !out->retry_after[0])
        append(out->retry_after, sizeof out->retry_after, "", value);
    else if (lower(name[0]) == 'x' && name[1] == '-' &&
             strlen(out->hints) + strlen(name) + strlen(value) + 4 < sizeof out->hints) {
        append(out->hints, sizeof out->hints, "", name);
        append(out->hints, sizeof out->hints, ": ", value);
        append(out->hints, sizeof out->hints, "\n", "");
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
        return fault_set(head->in->fault, FAULT_PROTOCOL, "HTTP: '%.60s' is no header line", line);
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

/* The end of one of the framing lines of a chunked body. */
static int body_line(struct http_body *body, char *line, size_t room, size_t *size)
{
    return read_line(body->below, line, room, size);
}

/* 1*HEXDIG [ ";" extension ] */
static int read_chunk_head(struct http_body *body)
{
    char line[CHUNK_LINE_MAX];
    size_t size, digits;
    uint64_t length = 0;
    if (body_line(body, line, sizeof line, &size) < 0)
        return -1;
    digits = strspn(line, "0123456789abcdefABCDEF");
    if (digits == 0 || digits > 16 || (line[digits] && !strchr("; \t", line[digits])))
        return fault_set(body->reader.fault, FAULT_PROTOCOL, "HTTP: '%.40s' is no chunk size",
                         line);
    for (size_t i = 0; i < digits; i++) {
        char c = lower(line[i]);
        length = length << 4 | (uint64_t)(c <= '9' ? c - '0' : c - 'a' + 10);
    }
    body->left = length;
    body->state = length ? BODY_CHUNK : BODY_TRAILER;
    return 0;
}

/* The empty line behind a chunk's data. */
static int read_chunk_end(struct http_body *body)
{
    char line[8];
    size_t size;
    if (body_line(body, line, sizeof line, &size) < 0)
        return -1;
    if (size != 0)
        return fault_set(body->reader.fault, FAULT_PROTOCOL,
                         "HTTP: a chunk is longer than its size says");
    body->state = BODY_CHUNK_HEAD;
    return 0;
}

static int skip_trailers(struct http_body *body)
{
    char line[1024];
    size_t size;
    for (int lines = 0; lines < HTTP_LINES_MAX; lines++) {
        if (body_line(body, line, sizeof line, &size) < 0)
            return -1;
        if (size == 0) {
            body->state = BODY_DONE;
            return 0;
        }
    }
    return fault_set(body->reader.fault, FAULT_LIMIT, "HTTP: over %d trailer lines",
                     HTTP_LINES_MAX);
}

/* Shows what the stream below has, up to LEFT bytes. 1, 0 at its end, -1. */
static int show(struct http_body *body, uint64_t left)
{
    struct reader *below = body->below;
    int rc = reader_fill(below);
    if (rc <= 0)
        return rc;
    size_t hand = (size_t)(below->end - below->at);
    size_t take = hand < left ? hand : (size_t)left;
    body->reader.at = below->at;
    body->reader.end = below->at += take;
    body->reader.offset += take;
    body->left -= take;
    return 1;
}

static int show_counted(struct http_body *body, unsigned char next)
{
    int rc = show(body, body->left);
    if (rc == 0)
        return fault_set(body->reader.fault, FAULT_NETWORK,
                         "HTTP: the connection ends at byte %" PRIu64 " of the body, %" PRIu64
                         " more were due",
                         body->reader.offset, body->left);
    if (rc == 1 && body->left == 0)
        body->state = next;
    return rc;
}

static int body_more(struct reader *reader)
{
    struct http_body *body = (struct http_body *)reader;
    for (int rc = 0; rc == 0;) {
        switch (body->state) {
        case BODY_LENGTH:
            return show_counted(body, BODY_DONE);
        case BODY_CHUNK:
            return show_counted(body, BODY_CHUNK_END);
        case BODY_CLOSE:
            rc = show(body, UINT64_MAX);
            if (rc == 0)
                body->state = BODY_DONE;
            return rc;
        case BODY_CHUNK_HEAD:
            rc = read_chunk_head(body);
            break;
        case BODY_CHUNK_END:
            rc = read_chunk_end(body);
            break;
        case BODY_TRAILER:
            rc = skip_trailers(body);
            break;
        default:
            return 0;
        }
    }
    return -1;
}

void http_body_open(struct http_body *body, struct reader *below, const struct http_head *head)
{
    *body = (struct http_body){
        .reader = {.more = body_more, .name = "HTTP body", .fault = below->fault},
        .below = below,
        .left = head->length,
    };
    if (head->status == 204 || head->status == 304)
        body->state = BODY_DONE;
    else if (head->chunked)
        body->state = BODY_CHUNK_HEAD;
    else if (!head->has_length)
        body->state = BODY_CLOSE;
    else
        body->state = head->length ? BODY_LENGTH : BODY_DONE;
}

bool http_body_finished(const struct http_body *body)
{
    return body->state == BODY_DONE && body->reader.at == body->reader.end;
}
