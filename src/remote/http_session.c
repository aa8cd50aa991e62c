/* SPDX-License-Identifier: MIT */
#include "remote/http_session.h"

#include "remote/http_custom.h"
#include "remote/proxy.h"
#include "remote/tls_port.h"
#include "system/wipe.h"

#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    SKIP_MAX = 65536,  /* bytes of a body that are read rather than a connection lost */
    TRACE_LINE = 8192, /* bytes of a request's line that a trace shows */
};

static int tap_record(struct tap_reader *tap, const unsigned char *to)
{
    size_t size = tap->record ? (size_t)(to - tap->from) : 0;
    if (size > 0 && writer_put(&tap->record->writer, tap->from, size) < 0)
        return -1;
    tap->from = to;
    return 0;
}

static int tap_more(struct reader *reader)
{
    struct tap_reader *tap = (struct tap_reader *)reader;
    if (tap_record(tap, reader->end) < 0)
        return -1;
    int rc = reader_pass(reader, tap->below);
    if (rc == 1)
        tap->from = reader->at;
    return rc;
}

static void tap_open(struct tap_reader *tap, struct reader *below)
{
    *tap = (struct tap_reader){
        .reader = {.more = tap_more, .name = below->name, .fault = below->fault},
        .below = below,
    };
}

void http_session_open(struct http_session *session, const struct url *url,
                       const struct http_session_options *options, struct fault *fault)
{
    memset(session, 0, offsetof(struct http_session, head));
    session->options = *options;
    session->url = *url;
    session->fault = fault;
}

void http_session_hang_up(struct http_session *session)
{
    tls_close(session->tls);
    proxy_hang_up(session);
    net_close(session->net);
    session->tls = NULL;
    session->net = NULL;
    session->kept = false;
}

void http_session_close(struct http_session *session)
{
    http_session_hang_up(session);
    cred_forget(&session->cred);
    http_custom_end(&session->options);
    proxy_forget(session);
    free(session->moved);
}

int http_session_move(struct http_session *session, const char *tail, const char *location)
{
    char *room = malloc(URL_MAX);
    struct url next, *url = &next;
    if (!room)
        return fault_set(session->fault, FAULT_LIMIT, "no memory for a redirect");
    if (url_redirect(&session->url, tail, location, room, url, session->fault) < 0) {
        free(room);
        return -1;
    }
    if (!url_same_origin(&session->url, url)) {
        http_session_hang_up(session);
        cred_forget(&session->cred);
        session->options.cred.user = session->options.cred.configured_user = NULL;
        session->options.cred.password_fd = -1;
        http_custom_forget(&session->options);
        if (strcmp(session->url.host, url->host) != 0)
            session->options.cred.redirected = true;
    }
    session->url = *url;
    free(session->moved);
    session->moved = room;
    return 0;
}

static int streams_open(struct http_session *session)
{
    struct reader *in = session->tls ? tls_reader(session->tls) : net_reader(session->net);
    session->out = session->tls ? tls_writer(session->tls) : net_writer(session->net);
    if (!in || !session->out)
        return -1;
    tap_open(&session->in, in);
    return 0;
}

static int connect_to(struct http_session *session)
{
    const struct url *url = &session->url;
    if (proxy_connect(session) < 0)
        return -1;
    if (!url->https) {
        if (streams_open(session) < 0) {
            http_session_hang_up(session);
            return -1;
        }
        trace_note(session->options.trace, "connected to %s port %u", url->host, url->port);
        return 0;
    }
    if (http_custom_identity(&session->options, session->fault) < 0) {
        http_session_hang_up(session);
        return -1;
    }
    session->tls = tls_open(session->net, url->host, &session->options.tls, session->fault);
    if (!session->tls) {
        http_session_hang_up(session);
        return -1;
    }
    if (tls_warning(session->tls))
        fprintf(stderr, "warning: %s\n", tls_warning(session->tls));
    streams_open(session);
    trace_note(session->options.trace, "connected to %s port %u, %s", url->host, url->port,
               tls_describe(session->tls));
    return 0;
}

/* Host = uri-host [ ":" port ], RFC 9110, 7.2; the port only where it is not the scheme's.
 * A zone means nothing to the server (RFC 6874, 4). */
static void host_format(const struct url *url, char *out, size_t size)
{
    bool address = url->kind == URL_HOST_IPV6;
    int used = snprintf(out, size, "%s%s%s", address ? "[" : "", url->host, address ? "]" : "");
    if (used > 0 && url->port != (url->https ? 443U : 80U))
        snprintf(out + used, size - (size_t)used, ":%u", url->port);
}

static int head_send(struct http_session *session, const char *method, const char *path,
                     const char *tail, const struct http_lines *lines)
{
    struct trace *trace = session->options.trace;
    if (trace_watch(trace)) {
        char text[TRACE_LINE];
        int size = snprintf(text, sizeof text, "%s %s%s HTTP/1.1", method, path, tail);
        trace_head(trace, 'C', text, (size_t)size < sizeof text ? (size_t)size : sizeof text - 1);
    }
    for (size_t i = 0; i < lines->count && trace_watch(trace); i++) {
        char text[512];
        int size = snprintf(text, sizeof text, "%s: %s", lines->rows[i].name,
                            lines->secret[i] ? "<redacted>" : lines->rows[i].value);
        trace_head(trace, 'C', text, (size_t)size < sizeof text ? (size_t)size : sizeof text - 1);
        wipe(text, sizeof text);
    }
    trace_head(trace, 'C', "", 0);
    return http_write_head(session->out, method, path, tail, lines->rows, lines->count);
}

/* Shows the pkt-lines of a body that was made here, so that their lengths need no check. */
static void body_show(struct pkt_watch *watch, const unsigned char *at, size_t size)
{
    for (const unsigned char *end = at + size; end - at >= 4;) {
        char digits[5] = {(char)at[0], (char)at[1], (char)at[2], (char)at[3], '\0'};
        size_t line = strtoul(digits, NULL, 16);
        if (line < 4) {
            watch->line(watch, 'C', line == 0 ? PKT_FLUSH : PKT_DELIM, NULL, 0);
            at += 4;
            continue;
        }
        if (line > (size_t)(end - at))
            return;
        watch->line(watch, 'C', PKT_DATA, at + 4, line - 4);
        at += line;
    }
}

static int body_send(struct http_session *session, const struct http_session_request *request)
{
    struct pkt_watch *watch = trace_watch(session->options.trace);
    if (request->size > 0 && writer_put(session->out, request->bytes, request->size) < 0)
        return -1;
    if (watch && request->size > 0)
        body_show(watch, request->bytes, request->size);
    return session->tls ? tls_flush(session->tls) : net_flush(session->net);
}

static int request_send(struct http_session *session, const struct http_session_request *request)
{
    char host[URL_HOST_MAX + 16], length[32], *secret = NULL;
    struct http_lines lines = {.count = 0};
    host_format(&session->url, host, sizeof host);
    snprintf(length, sizeof length, "%zu", request->size);
    http_line_add(&lines, "Host", host);
    if (session->cred.have) {
        secret = http_custom_bearer(&session->options)
                     ? cred_bearer(&session->cred, session->fault)
                     : cred_header(&session->cred, session->fault);
        if (!secret)
            return -1;
        http_line_add(&lines, "Authorization", secret);
    }
    http_line_add(&lines, "User-Agent", "git/smidgit-" SMIDGIT_VERSION);
    http_line_add(&lines, "Accept", request->accept);
    http_line_add(&lines, "Accept-Encoding", "identity");
    if (!request->type)
        http_line_add(&lines, "Pragma", "no-cache");
    if (session->options.protocol == 2)
        http_line_add(&lines, "Git-Protocol", "version=2");
    if (request->type) {
        http_line_add(&lines, "Content-Type", request->type);
        http_line_add(&lines, "Content-Length", length);
    }
    http_custom_headers(&session->options, &lines);
    const char *path;
    int rc = proxy_target(session, &lines, &path);
    if (rc == 0)
        rc = head_send(session, request->type ? "POST" : "GET", path, request->tail, &lines);
    if (secret)
        wipe(secret, strlen(secret));
    free(secret);
    return rc < 0 ? -1 : body_send(session, request);
}

/* Of an answer that never began nothing is recorded, not even a place. */
static void head_show(struct trace *trace, const struct growing_writer *record)
{
    const char *text = (const char *)record->bytes;
    for (size_t at = 0, size; at < record->used; at += size + 1) {
        const char *stop = memchr(text + at, '\n', record->used - at);
        size = stop ? (size_t)(stop - text) - at : record->used - at;
        trace_head(trace, 'S', text + at, size);
    }
}

/* *ALERT: what comes looks like TLS. */
static int head_read(struct http_session *session, bool *fresh_close, bool *alert)
{
    struct growing_writer record;
    bool shown = trace_watch(session->options.trace) != NULL;
    growing_writer_open(&record, 2 * HTTP_HEAD_MAX, "trace", session->fault);
    session->in.from = session->in.reader.at;
    session->in.record = shown ? &record : NULL;
    /* The server may think before it answers, though TLS can have things to say meanwhile; but once
     * it begins, its head has to come (H7). */
    unsigned idle_ms = session->options.limits.idle_ms;
    net_deadline_begin(session->net, "the wait for its answer",
                       idle_ms < UINT_MAX / 2 ? 2 * idle_ms : UINT_MAX, "twice --idle-timeout");
    if (reader_fill(&session->in.reader) == 1) {
        *alert = *session->in.reader.at == TLS_PORT_ALERT;
        net_deadline_begin(session->net, "the head of its answer", idle_ms, "--idle-timeout");
    }
    int rc = http_read_head(&session->in.reader, &session->head, fresh_close);
    net_deadline_end(session->net);
    if (shown && tap_record(&session->in, session->in.reader.at) == 0)
        head_show(session->options.trace, &record);
    session->in.record = NULL;
    growing_writer_close(&record);
    if (rc == 0)
        http_body_open(&session->body, &session->in.reader, &session->head);
    return rc;
}

/* One try. *CLOSED: the connection was closed before any byte of an answer. */
static int ask_once(struct http_session *session, const struct http_session_request *request,
                    bool *closed)
{
    bool fresh_close = false, alert = false;
    uint64_t before = session->in.reader.offset;
    int rc = request_send(session, request);
    struct fault why = *session->fault;
    /* Who refuses a long request may do so before all of it is there, and hear no more. */
    bool early = rc < 0 && why.class == FAULT_NETWORK && net_stale(session->net);
    if (early)
        fault_clear(session->fault);
    if (rc == 0 || early)
        rc = head_read(session, &fresh_close, &alert);
    if (early && rc < 0 && session->fault->class == FAULT_NETWORK)
        *session->fault = why;
    session->head.close = session->head.close || early;
    if (rc == 0)
        return proxy_answered(session);
    bool silent = session->in.reader.offset == before;
    *closed = silent && (fresh_close || net_stale(session->net));
    if (!session->tls && !request->type)
        tls_port_ask(alert || *closed, session->fault);
    return -1;
}

int http_session_head(struct http_session *session, const char *method, const char *target,
                      const struct http_lines *lines, bool *closed)
{
    static const struct http_session_request nothing = {.size = 0};
    bool alert;
    if (streams_open(session) < 0 || head_send(session, method, target, "", lines) < 0 ||
        body_send(session, &nothing) < 0)
        return -1;
    return head_read(session, closed, &alert);
}

int http_session_ask(struct http_session *session, const struct http_session_request *request)
{
    bool closed = false;
    /* What was not read of the last answer would be taken for the next one. */
    if (session->net && (!session->kept || net_stale(session->net)))
        http_session_hang_up(session);
    bool kept = session->kept;
    session->kept = false;
    if (!session->net && connect_to(session) < 0)
        return -1;
    if (ask_once(session, request, &closed) == 0)
        return 0;
    http_session_hang_up(session);
    if (!kept || !closed || session->fault->class == FAULT_INTERRUPTED)
        return -1;
    fault_clear(session->fault);
    trace_note(session->options.trace, "the kept connection was closed, once more on a new one");
    if (connect_to(session) < 0)
        return -1;
    return ask_once(session, request, &closed);
}

int http_session_end(struct http_session *session)
{
    if (reader_end(&session->body.reader) < 0)
        return -1;
    if (!session->head.close && session->in.reader.at < session->in.reader.end)
        return fault_set(session->fault, FAULT_PROTOCOL,
                         "%s: bytes follow the end of an answer, though nothing more was asked",
                         session->url.host);
    if (session->head.close || !http_body_finished(&session->body))
        http_session_hang_up(session);
    else
        session->kept = true;
    return 0;
}

void http_session_hurry_body(struct http_session *session)
{
    if (session->net) /* else all of it is here */
        net_deadline_begin(session->net, "the body of its answer", session->options.limits.idle_ms,
                           "--idle-timeout");
}

void http_session_skip(struct http_session *session)
{
    struct reader *body = &session->body.reader;
    struct fault *fault = session->fault;
    size_t skipped = 0;
    int rc = 0;
    http_session_hurry_body(session);
    while (!session->head.close && skipped < SKIP_MAX && (rc = reader_fill(body)) == 1) {
        skipped += (size_t)(body->end - body->at);
        body->at = body->end;
    }
    net_deadline_end(session->net);
    /* Some servers send a body where they say that there is none. */
    if (!session->head.close && rc == 0 && http_body_finished(&session->body) &&
        session->in.reader.at == session->in.reader.end) {
        session->kept = true;
        return;
    }
    if (rc < 0 && fault->class != FAULT_INTERRUPTED)
        fault_clear(fault);
    http_session_hang_up(session);
}
