/* SPDX-License-Identifier: MIT */
/* A download that breaks is gone on with (RFC 9110, 13.1.5 and 14):
 *
 *   C: GET /x            S: 200  ETag: "v"                               which breaks off at byte N
 *   C: GET /x            S: 206  Content-Range: bytes N-LAST/SIZE        the rest
 *      Range: bytes=N-      200  ETag: "v"        it knows no ranges: N bytes are passed over
 *      If-Range: "v"        200  ETag: another    it has changed: what came is of no use
 *
 * An ETag that begins with W/ does not promise the same bytes, and a date does so by guess: with
 * these, or none, a break is the end.
 */
#include "remote/resource.h"

#include "remote/http_custom.h"
#include "remote/proxy.h"
#include "remote/retry.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
    REDIRECTS_MAX = 5, /* H2 */
    URL_SHOWN = 512,   /* bytes of a URL in a sentence */
    ETAG_MAX = 256     /* bytes of an ETag with its NUL; a longer one is taken for none */
};

struct resource {
    struct reader reader;
    struct http_session session;
    struct http_custom custom; /* the session's, with Range and If-Range in it */
    uint64_t size;             /* UINT64_MAX: not known */
    char etag[ETAG_MAX];       /* strong; "": none */
    bool over;                 /* all of it was passed over */
    struct fault *fault;
};

static bool is_redirect(const struct http_session *session)
{
    int status = session->head.status;
    return *session->head.location &&
           http_custom_redirects(&session->options) != HTTP_REDIRECTS_NONE &&
           ((status >= 301 && status <= 303) || status == 307 || status == 308);
}

/* One question; a proxy may want its password first. 0 or -1. */
static int ask(struct http_session *session)
{
    static const struct http_session_request request = {.tail = "", .accept = "*/*"};
    int again;
    do {
        if (http_session_ask(session, &request) < 0)
            return -1;
        again = proxy_log_in(session);
    } while (again == 1);
    return again;
}

static int check_answer(const struct http_session *session, bool resumed)
{
    const struct http_head *head = &session->head;
    char shown[URL_SHOWN];
    url_format(&session->url, shown, sizeof shown);
    if (head->status != 200 && !(resumed && head->status == 206))
        return fault_set(session->fault, FAULT_REFUSED,
                         "'%s': the server answered %d, 200 was expected", shown, head->status);
    if (*head->content_encoding)
        return fault_set(session->fault, FAULT_PROTOCOL,
                         "'%s': Content-Encoding '%.60s', which was not asked for", shown,
                         head->content_encoding);
    return 0;
}

/* The value of header NAME, of less than ROOM bytes; else "". */
static void find_header(const struct http_head *head, const char *name, char *out, size_t room)
{
    size_t length = strlen(name);
    *out = '\0';
    for (const char *at = head->others; *at; at += *at == '\n') {
        size_t size = strcspn(at, "\n");
        if (size > length + 2 && size - length - 2 < room && strncasecmp(at, name, length) == 0 &&
            at[length] == ':') {
            memcpy(out, at + length + 2, size - length - 2);
            out[size - length - 2] = '\0';
            return;
        }
        at += size;
    }
}

static void find_etag(const struct http_head *head, char etag[ETAG_MAX])
{
    find_header(head, "ETag", etag, ETAG_MAX);
    if (*etag != '"')
        *etag = '\0';
}

/* Passes over the first SIZE bytes of the answer. 0 or -1. */
static int pass_over(struct http_session *session, uint64_t size)
{
    struct reader *body = &session->body.reader;
    while (size > 0) {
        int rc = reader_fill(body);
        if (rc == 0)
            return fault_set(session->fault, FAULT_PROTOCOL,
                             "%s: the answer ends before the byte where it broke off",
                             session->url.host);
        if (rc < 0)
            return -1;
        size_t hand = (size_t)(body->end - body->at);
        size_t take = size < hand ? (size_t)size : hand;
        net_rate_add(session->net, take);
        body->at += take;
        size -= take;
    }
    return 0;
}

/* The answer goes on at byte FROM: 0 or -1. */
static int check_resumed(struct resource *resource, uint64_t from)
{
    struct http_session *session = &resource->session;
    char etag[ETAG_MAX], range[ETAG_MAX], due[ETAG_MAX];
    if (check_answer(session, true) < 0)
        return -1;
    net_rate_begin(session->net);
    if (session->head.status == 200) {
        find_etag(&session->head, etag);
        if (strcmp(etag, resource->etag) != 0)
            return fault_set(resource->fault, FAULT_REFUSED, "%s: it changed while it was read",
                             session->url.host);
        return pass_over(session, from);
    }
    find_header(&session->head, "Content-Range", range, sizeof range);
    snprintf(due, sizeof due, "bytes %" PRIu64 "-%" PRIu64 "/%" PRIu64, from, resource->size - 1,
             resource->size);
    if (strcasecmp(range, due) != 0)
        return fault_set(resource->fault, FAULT_PROTOCOL,
                         "%s: Content-Range '%.100s', '%s' was asked for", session->url.host, range,
                         due);
    return 0;
}

/* Asks for what begins at byte FROM. 0 or -1. */
static int ask_from(struct resource *resource, uint64_t from)
{
    char range[64];
    snprintf(range, sizeof range, "bytes=%" PRIu64 "-", from);
    resource->custom.extra[0] = (struct http_header){"Range", range};
    resource->custom.extra[1] = (struct http_header){"If-Range", resource->etag};
    resource->custom.extra_count = 2;
    return ask(&resource->session) < 0 ? -1 : check_resumed(resource, from);
}

/* After a break at byte FROM, as often as --retry says in turn without a byte. 0 or -1. */
static int resume(struct resource *resource, uint64_t from)
{
    if (*resource_etag(resource) == '\0' || from >= resource->size)
        return -1;
    do {
        if (retry_wait(&resource->session) < 0)
            return -1;
    } while (ask_from(resource, from) < 0);
    return 0;
}

static int resource_more(struct reader *reader)
{
    struct resource *resource = (struct resource *)reader;
    struct http_session *session = &resource->session;
    int rc;
    if (resource->over)
        return 0;
    while ((rc = reader_pass(reader, &session->body.reader)) < 0)
        if (resume(resource, reader->offset) < 0)
            return -1;
    if (rc == 1) {
        retry_over(session);
        net_rate_add(session->net, (size_t)(reader->end - reader->at));
    }
    return rc;
}

static int find(struct resource *resource)
{
    struct http_session *session = &resource->session;
    for (int hops = 0;; hops++) {
        if (ask(session) < 0)
            return -1;
        if (!is_redirect(session))
            return check_answer(session, false);
        if (hops == REDIRECTS_MAX)
            return fault_set(resource->fault, FAULT_REFUSED, "%s: over %d redirects",
                             session->url.host, REDIRECTS_MAX);
        http_session_skip(session);
        if (resource->fault->class != FAULT_NONE ||
            http_session_move(session, "", session->head.location) < 0)
            return -1;
        trace_note(session->options.trace, "redirected to %s", session->url.host);
    }
}

struct resource *resource_open(const struct url *url, const struct http_session_options *options,
                               struct fault *fault)
{
    struct resource *resource = calloc(1, sizeof *resource);
    if (resource == NULL) {
        fault_set(fault, FAULT_LIMIT, "no memory for a session");
        return NULL;
    }
    resource->fault = fault;
    http_session_open(&resource->session, url, options, fault);
    resource->custom = *options->custom;
    resource->session.options.custom = &resource->custom;
    if (find(resource) < 0) {
        resource_close(resource);
        return NULL;
    }
    const struct http_head *head = &resource->session.head;
    resource->size = head->has_length ? head->length : UINT64_MAX;
    find_etag(head, resource->etag);
    resource->reader = (struct reader){.more = resource_more, .name = "bundle", .fault = fault};
    net_rate_begin(resource->session.net);
    return resource;
}

void resource_close(struct resource *resource)
{
    if (resource == NULL)
        return;
    http_session_close(&resource->session);
    free(resource);
}

struct reader *resource_reader(struct resource *resource)
{
    return &resource->reader;
}

int resource_skip(struct resource *resource, uint64_t size)
{
    struct reader *reader = &resource->reader;
    uint64_t from = reader_tell(reader) + size;
    if (size <= (uint64_t)(reader->end - reader->at)) {
        reader->at += size;
        return 0;
    }
    if (*resource_etag(resource) == '\0' || from > resource->size)
        return fault_set(resource->fault, FAULT_PROTOCOL, "%s: it ends before byte %" PRIu64,
                         resource->session.url.host, from);
    http_session_hang_up(&resource->session);
    reader->at = reader->end;
    reader->offset = from;
    resource->over = from == resource->size;
    return resource->over || ask_from(resource, from) == 0 ? 0 : resume(resource, from);
}

const char *resource_etag(const struct resource *resource)
{
    return resource->size == UINT64_MAX ? "" : resource->etag;
}

uint64_t resource_size(const struct resource *resource)
{
    return resource->size;
}
