/* SPDX-License-Identifier: MIT */
/* HTTP/1.1 bodies (RFC 9112, section 6 and 7): by length, chunked, or until the connection closes.
 *
 *   chunked   = *( 1*HEXDIG [ ";" extension ] CRLF data CRLF ) "0" [ extension ] CRLF
 *               *( trailer CRLF ) CRLF
 */
#include "http.h"

#include "bytes.h"

#include <inttypes.h>
#include <string.h>

enum { CHUNK_LINE_MAX = 256 }; /* bytes of a chunk's size and extensions */
enum {
    BODY_LENGTH,
    BODY_CLOSE,
    BODY_CHUNK_HEAD,
    BODY_CHUNK,
    BODY_CHUNK_END,
    BODY_TRAILER,
    BODY_DONE
};

/* 1*HEXDIG [ ";" extension ] */
static int read_chunk_head(struct http_body *body)
{
    char line[CHUNK_LINE_MAX];
    size_t size, digits;
    uint64_t length = 0;
    if (http_read_line(body->below, line, sizeof line, &size) < 0)
        return -1;
    digits = strspn(line, "0123456789abcdefABCDEF");
    if (digits == 0 || digits > 16 || (line[digits] && !strchr("; \t", line[digits])))
        return fault_set(body->reader.fault, FAULT_PROTOCOL, "HTTP: '%.40s' is no chunk size",
                         line);
    for (size_t i = 0; i < digits; i++)
        length = length << 4 | (uint64_t)bytes_hex(line[i]);
    body->left = length;
    body->state = length ? BODY_CHUNK : BODY_TRAILER;
    return 0;
}

/* The empty line behind a chunk's data. */
static int read_chunk_end(struct http_body *body)
{
    char line[8];
    size_t size;
    if (http_read_line(body->below, line, sizeof line, &size) < 0)
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
        if (http_read_line(body->below, line, sizeof line, &size) < 0)
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
