/* SPDX-License-Identifier: MIT */
/* HTTP/1.1 (RFC 9112): the heads of requests and responses, and bodies: as long as Content-Length
 * says, in chunks, or until the connection is closed. */
#ifndef PROTO_HTTP_H
#define PROTO_HTTP_H

#include "stream.h"

#include <stdbool.h>

enum {
    HTTP_HEAD_MAX = 65536,       /* bytes of a response head, 1xx ones before it included (H1) */
    HTTP_LINES_MAX = 200,        /* header lines (H1) */
    HTTP_INFORMATIONAL_MAX = 10, /* 1xx answers before the final one (H1) */
    HTTP_CHALLENGE_MAX = 1024
};

struct http_header {
    const char *name, *value; /* no CR, LF or NUL: checked when written */
};

/* Writes "METHOD PATH TAIL HTTP/1.1", with nothing between PATH and TAIL, the headers in order, and
 * the empty line. 0 or -1. */
int http_write_head(struct writer *out, const char *method, const char *path, const char *tail,
                    const struct http_header *headers, size_t count);

/* The parts of a response's head that matter to a git client. Text is NUL-terminated. */
struct http_head {
    int status;                      /* 200..599 */
    bool chunked, has_length, close; /* close: the connection ends with this answer */
    uint64_t length;                 /* bytes of the body, when has_length */
    char content_type[256]; /* media type in lower case, without parameters; "" when none */
    const char *location;   /* in text; "" when there is none */
    bool offers_basic;      /* a WWW-Authenticate, or in a 407 a Proxy-Authenticate, offers Basic */
    char challenge[HTTP_CHALLENGE_MAX]; /* the values of these, ", " between, as many bytes as fit:
                                           to be shown */
    char server[256];
    char others[4096]; /* "Name: value" of all other headers that fit, LF between */
    char retry_after[64];
    char
        content_encoding[64]; /* "" when the body is as it is; else for the reader to refuse (H5) */
    char text[HTTP_HEAD_MAX]; /* the line that is being read, behind the Location if it is kept */
};

/* Reads one response head and skips the 1xx ones before it. It is strict (H1, H3, H4): whatever
 * could be understood in two ways is a FAULT_PROTOCOL, too much of anything a FAULT_LIMIT. When the
 * stream ends before the first byte, that is a FAULT_NETWORK and *FRESH_CLOSE is true: the request
 * may be sent again on a new connection. 0 or -1. */
int http_read_head(struct reader *in, struct http_head *out, bool *fresh_close);

/* One line without its CRLF or LF, with a NUL, in LINE[0..ROOM); *SIZE its length. A bare CR or a
 * NUL in it is a FAULT_PROTOCOL, one that is too long a FAULT_LIMIT. 0 or -1. */
int http_read_line(struct reader *in, char *line, size_t room, size_t *size);

/* A body as a reader. It ends where the body ends; the stream below is then at the next answer. */
struct http_body {
    struct reader reader;
    struct reader *below;
    uint64_t left; /* of the body or of the current chunk */
    unsigned char state;
};

/* The body that belongs to HEAD, which http_read_head() has just read from BELOW. For answers to
 * GET and POST: an answer to a HEAD request has no body, whatever its head says. */
void http_body_open(struct http_body *body, struct reader *below, const struct http_head *head);

/* True when the body was read to its end, so that a kept connection can be used again. */
bool http_body_finished(const struct http_body *body);

#endif
