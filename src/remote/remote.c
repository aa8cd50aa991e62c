/* SPDX-License-Identifier: MIT */
/* The conversation (gitprotocol-http, "Smart Clients"):
 *
 *   GET  URL/info/refs?service=git-upload-pack   capabilities (v2), or references (v0, v1)
 *   POST URL/git-upload-pack                     v2: ls-refs, then fetch; v0: the request
 *
 * Only the GET may be redirected, unless http.followRedirects is true. Either may be answered 401:
 * credentials are looked for then, and go with everything after it.
 */
#include "remote/remote.h"

#include "proto/band.h"
#include "proto/bundle.h"
#include "proto/bytes.h"
#include "remote/http_custom.h"
#include "remote/proxy.h"
#include "remote/refusal.h"
#include "remote/retry.h"
#include "system/growing_writer.h"
#include "system/progress.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

enum {
    REDIRECTS_MAX = 5, /* H2 */
    RETRIES_MAX = 2,   /* after a 429 or 503 that says when (H8) */
    RETRY_WAIT_MAX =
        10,         /* seconds that are waited when a server asks for it; else it is an error */
    PACK_WAIT = 30, /* times --idle-timeout: until the first byte of a pack comes */
    REQUEST_MAX = 64 << 20 /* bytes of a request: a million wants */
};

#define AGENT "git/smidgit-" SMIDGIT_VERSION

static const char advertisement_type[] = "application/x-git-upload-pack-advertisement";
static const char request_type[] = "application/x-git-upload-pack-request";
static const char result_type[] = "application/x-git-upload-pack-result";

/* A stream of which at most MAX bytes may be read; more is a FAULT_LIMIT (R5). */
struct limit_reader {
    struct reader reader;
    struct reader *below;
    uint64_t max;
    struct net *net; /* whose rate these bytes count for; NULL: they do not */
};

/* The pack, as the caller of remote_fetch() sees it. */
struct pack_reader {
    struct reader reader;
    struct reader *below;
    struct remote *remote;
    bool begun, raw; /* raw: not in side-bands */
};

struct remote {
    struct http_session session;
    size_t refs_max;
    struct caps caps;
    struct reflist all; /* v0: what the GET gave */
    struct remote_lines lines;
    struct limit_reader limit;
    struct pkt_reader pkt;
    struct refs_reader refs;
    struct band_reader band;
    struct pack_reader pack;
    struct fault *fault;
};

static bool is_loopback(const struct url *url)
{
    if (url->kind == URL_HOST_IPV4)
        return strncmp(url->host, "127.", 4) == 0;
    if (url->kind == URL_HOST_IPV6)
        return strcmp(url->host, "::1") == 0;
    return strcmp(url->host, "localhost") == 0;
}

/* Looks for credentials after a 401. 1, 0 when it makes no sense to send any, -1. */
static int authorize(struct http_session *session)
{
    const struct url *url = &session->url;
    const struct http_head *head = &session->head;
    if (session->cred.have) {
        int again = cred_refused(url, &session->options.cred, &session->cred, session->fault);
        if (again == 1)
            http_session_skip(session);
        return again;
    }
    bool basic = !head->challenge[0] || head->offers_basic || http_custom_bearer(&session->options);
    if (!basic && (!helpers_available || session->options.cred.helpers.commands.count == 0))
        return 0;
    if (!url->https && (!is_loopback(url) || proxy_used(session)) &&
        !session->options.allow_http_auth)
        return fault_set(session->fault, FAULT_AUTH,
                         "%s wants a password, which http would send in plain text: use an "
                         "https URL, or --allow-http-auth",
                         url->host);
    int rc = basic ? 1
                   : cred_token(url, &session->options.cred, head->challenge, &session->cred,
                                session->fault);
    if (rc == 1)
        http_session_skip(session);
    if (basic &&
        cred_fill(url, &session->options.cred, head->challenge, &session->cred, session->fault) < 0)
        return -1;
    return rc;
}

/* Waits as a 429 or 503 asks to, and a little longer, so that not all come back at once. 1, 0 when
 * it asks for too much or does not say, -1 when interrupted. */
static int wait_as_asked(struct http_session *session, int tries)
{
    const struct http_head *head = &session->head;
    uint64_t seconds;
    if ((head->status != 429 && head->status != 503) || tries >= RETRIES_MAX)
        return 0;
    if (bytes_decimal(head->retry_after, strlen(head->retry_after), &seconds) < 0 ||
        seconds > RETRY_WAIT_MAX)
        return 0;
    http_session_skip(session);
    if (session->fault->class != FAULT_NONE)
        return -1;
    int jitter = (int)((unsigned)getpid() * 2654435761U >> 24);
    trace_note(session->options.trace, "the server answered %d, waiting %d s", head->status,
               (int)seconds);
    if (poll(NULL, 0, (int)seconds * 1000 + jitter) < 0 && errno == EINTR)
        return fault_set(session->fault, FAULT_INTERRUPTED, "interrupted");
    return 1;
}

/* http_session_ask(), and again after a 401, when the server asks to wait or the network fails. 0
 * or -1. */
static int ask(struct http_session *session, const struct http_session_request *request)
{
    for (int tries = 0;; tries++) {
        if (http_session_ask(session, request) < 0) {
            if (retry_wait(session) < 0)
                return -1;
            continue;
        }
        if (session->head.status == 200 && session->cred.have)
            return cred_approve(&session->url, &session->options.cred, session->options.quiet,
                                &session->cred, session->fault);
        int again = proxy_log_in(session);
        if (again == 0)
            again =
                session->head.status == 401 ? authorize(session) : wait_as_asked(session, tries);
        if (again <= 0)
            return again;
    }
}

static bool is_redirect(const struct http_head *head)
{
    static const int statuses[] = {301, 302, 303, 307, 308};
    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++)
        if (head->status == statuses[i])
            return *head->location != '\0';
    return false;
}

static int follow(struct http_session *session, const char *tail, int hops)
{
    struct url before = session->url;
    char shown[1024];
    if (hops == REDIRECTS_MAX)
        return fault_set(session->fault, FAULT_REFUSED,
                         "%s: over %d redirects, the last one to '%.200s'", session->url.host,
                         REDIRECTS_MAX, url_shown(session->head.location));
    http_session_skip(session);
    if (session->fault->class != FAULT_NONE)
        return -1;
    if (http_session_move(session, tail, session->head.location) < 0)
        return refusal_help(session);
    url_format(&session->url, shown, sizeof shown);
    trace_note(session->options.trace, "redirected to %s", shown);
    if (!session->options.quiet && !url_same_origin(&before, &session->url))
        fprintf(stderr, "warning: redirecting to %s\n", shown);
    return 0;
}

/* GET info/refs, redirects followed; its body is next. 0 or -1. */
static int discover(struct remote *remote)
{
    struct http_session *session = &remote->session;
    for (int hops = 0;; hops++) {
        char tail[] = "/info/refs?service=git-upload-pack";
        char *mark = strchr(tail, '?');
        if (strchr(session->url.path, '?'))
            *mark = '&';
        struct http_session_request request = {.tail = tail, .accept = "*/*"};
        if (ask(session, &request) < 0)
            return -1;
        if (!is_redirect(&session->head) ||
            http_custom_redirects(&session->options) == HTTP_REDIRECTS_NONE)
            return refusal_check(session, advertisement_type);
        if (follow(session, tail, hops) < 0)
            return -1;
    }
}

static int limit_more(struct reader *reader)
{
    struct limit_reader *limit = (struct limit_reader *)reader;
    int rc = reader_pass(reader, limit->below);
    if (rc == 1 && limit->net)
        net_rate_add(limit->net, (size_t)(reader->end - reader->at));
    if (rc == 1 && reader->offset > limit->max)
        return fault_set(reader->fault, FAULT_LIMIT, "%s: over %" PRIu64 " bytes", reader->name,
                         limit->max);
    return rc;
}

/* The body of an answer, NAME, is next: of references if MAX says so, else with a pack. */
static void answer_open(struct remote *remote, uint64_t max, const char *name)
{
    struct net *net = remote->session.net;
    remote->limit = (struct limit_reader){
        .reader = {.more = limit_more, .name = name, .fault = remote->fault},
        .below = &remote->session.body.reader,
        .max = max,
        .net = max == UINT64_MAX ? NULL : net,
    };
    if (remote->limit.net)
        net_rate_begin(net);
    pkt_open(&remote->pkt, &remote->limit.reader, trace_watch(remote->session.options.trace));
}

static uint64_t refs_max(const struct remote *remote)
{
    return remote->refs_max ? remote->refs_max : REMOTE_REFS_MAX;
}

/* The answer was read to where it should end. */
static int answer_end(struct remote *remote)
{
    if (reader_end(&remote->limit.reader) < 0)
        return -1;
    net_rate_end(remote->session.net);
    net_deadline_end(remote->session.net);
    retry_over(&remote->session);
    return http_session_end(&remote->session);
}

static int advertisement_read(struct remote *remote)
{
    answer_open(remote, refs_max(remote), "reference advertisement");
    if (refs_discover(&remote->refs, &remote->pkt, &remote->caps) < 0)
        return -1;
    if (remote->caps.version != 2 && reflist_read(&remote->refs, &remote->all, remote->fault) < 0)
        return -1;
    return answer_end(remote);
}

struct remote *remote_open(const struct url *url, const struct remote_options *options,
                           struct fault *fault)
{
    struct remote *remote = calloc(1, sizeof *remote);
    if (!remote) {
        fault_set(fault, FAULT_LIMIT, "no memory for a session");
        return NULL;
    }
    remote->fault = fault;
    remote->refs_max = options->refs_max;
    remote->all.memory_max = options->refs_memory;
    http_session_open(&remote->session, url, &options->session, fault);
    while (discover(remote) < 0 || advertisement_read(remote) < 0) {
        if (retry_wait(&remote->session) < 0) {
            remote_close(remote);
            return NULL;
        }
        reflist_free(&remote->all);
        remote->all.memory_max = options->refs_memory;
    }
    return remote;
}

void remote_close(struct remote *remote)
{
    if (!remote)
        return;
    remote_lines_end(&remote->lines);
    http_session_close(&remote->session);
    reflist_free(&remote->all);
    free(remote);
}

const struct caps *remote_caps(const struct remote *remote)
{
    return &remote->caps;
}

const struct url *remote_url(const struct remote *remote)
{
    return &remote->session.url;
}

/* POST git-upload-pack with BODY; the answer's body is next. 0 or -1. */
static int post(struct remote *remote, const struct growing_writer *body)
{
    struct http_session_request request = {
        .tail = "/git-upload-pack",
        .accept = result_type,
        .type = request_type,
        .bytes = body->bytes,
        .size = body->used,
    };
    struct http_session *session = &remote->session;
    for (int hops = 0;; hops++) {
        if (ask(session, &request) < 0)
            return -1;
        if (!is_redirect(&session->head) ||
            http_custom_redirects(&session->options) != HTTP_REDIRECTS_ALL)
            return refusal_check(session, result_type);
        if (follow(session, request.tail, hops) < 0)
            return -1;
    }
}

/* v2: asks for what begins with one of PREFIXES. */
static int list_ask(struct remote *remote, const char *const *prefixes, size_t count,
                    struct reflist *out)
{
    struct growing_writer body;
    struct pkt_writer pkt = {.below = &body.writer};
    *out = (struct reflist){.memory_max = remote->all.memory_max};
    if (!remote->caps.ls_refs)
        return fault_set(remote->fault, FAULT_REFUSED, "the server offers no ls-refs command");
    growing_writer_open(&body, REQUEST_MAX, "ls-refs request", remote->fault);
    int rc = refs_write_ls(&pkt, &remote->caps, AGENT, prefixes, count);
    if (rc == 0)
        rc = post(remote, &body);
    growing_writer_close(&body);
    if (rc < 0)
        return -1;
    answer_open(remote, refs_max(remote), "references");
    refs_open_ls(&remote->refs, &remote->pkt, &remote->caps);
    if (reflist_read(&remote->refs, out, remote->fault) < 0 || answer_end(remote) < 0) {
        reflist_free(out);
        return -1;
    }
    return 0;
}

/* A server may give others than it was asked for (gitprotocol-v2, "ref-prefix"). */
int remote_list(struct remote *remote, const char *const *prefixes, size_t count,
                struct reflist *out)
{
    if (remote->caps.version != 2) {
        *out = remote->all;
        remote->all = (struct reflist){0};
    } else {
        while (list_ask(remote, prefixes, count, out) < 0)
            if (retry_wait(&remote->session) < 0)
                return -1;
    }
    reflist_filter(out, prefixes, count);
    return 0;
}

int remote_bundles(struct remote *remote,
                   int (*pair)(void *context, const char *key, const char *value), void *context)
{
    struct growing_writer body;
    struct pkt_writer pkt = {.below = &body.writer};
    growing_writer_open(&body, REQUEST_MAX, "bundle-uri request", remote->fault);
    int rc = bundle_write_ask(&pkt, &remote->caps, AGENT);
    if (rc == 0)
        rc = post(remote, &body);
    growing_writer_close(&body);
    if (rc < 0)
        return -1;
    answer_open(remote, refs_max(remote), "answer to bundle-uri");
    rc = bundle_read_pairs(&remote->pkt, pair, context) < 0 ? -1 : answer_end(remote);
    if (rc < 0)
        http_session_hang_up(&remote->session);
    return rc;
}

static int pack_more(struct reader *reader)
{
    struct pack_reader *pack = (struct pack_reader *)reader;
    int rc = reader_pass(reader, pack->below);
    if (rc <= 0)
        return rc;
    struct net *net = pack->remote->session.net;
    if (!pack->begun) {
        net_deadline_end(net);
        net_rate_begin(net);
    }
    pack->begun = true;
    net_rate_add(net, (size_t)(reader->end - reader->at));
    if (pack->raw && trace_watch(pack->remote->session.options.trace))
        trace_pack(pack->remote->session.options.trace, reader->at,
                   (size_t)(reader->end - reader->at));
    return 1;
}

static void pack_open(struct remote *remote, bool sideband)
{
    remote_lines_open(&remote->lines, remote->session.options.quiet);
    if (sideband)
        band_open(&remote->band, &remote->pkt, &remote->lines.listener);
    remote->pack = (struct pack_reader){
        .reader = {.more = pack_more, .name = "pack", .fault = remote->fault},
        .below = sideband ? &remote->band.reader : remote->pkt.below,
        .remote = remote,
        .raw = !sideband,
    };
}

static int request_post(struct remote *remote, const struct fetch_request *request)
{
    struct growing_writer body;
    struct pkt_writer pkt = {.below = &body.writer};
    growing_writer_open(&body, REQUEST_MAX, "fetch request", remote->fault);
    int rc = fetch_write(&pkt, &remote->caps, request);
    if (rc == 0)
        rc = post(remote, &body);
    growing_writer_close(&body);
    return rc;
}

int remote_fetch(struct remote *remote, const struct fetch_request *request,
                 struct fetch_listener *listener, enum fetch_answer *out, struct reader **pack)
{
    struct fetch_request sent = *request;
    bool sideband = true;
    sent.agent = AGENT;
    sent.no_progress = request->no_progress || remote->session.options.quiet;
    if (remote->caps.version == 2 && !remote->caps.fetch)
        return fault_set(remote->fault, FAULT_REFUSED, "the server offers no fetch command");
    if (request_post(remote, &sent) < 0)
        return -1;
    answer_open(remote, UINT64_MAX, "answer to fetch");
    /* While it counts and compresses, a server sends progress or empty packets, for minutes. */
    unsigned idle_ms = remote->session.options.limits.idle_ms;
    net_deadline_begin(remote->session.net, "the wait for the pack",
                       idle_ms < UINT_MAX / PACK_WAIT ? PACK_WAIT * idle_ms : UINT_MAX,
                       "30 times --idle-timeout");
    if (fetch_read(&remote->pkt, &remote->caps, &sent, listener, out, &sideband) < 0)
        return -1;
    if (*out != FETCH_PACK)
        return answer_end(remote);
    pack_open(remote, sideband);
    *pack = &remote->pack.reader;
    return 0;
}

int remote_pack_end(struct remote *remote)
{
    int rc = reader_end(&remote->pack.reader);
    remote_lines_end(&remote->lines);
    return rc < 0 ? -1 : answer_end(remote);
}

bool remote_unwell(const struct remote *remote)
{
    int status = remote->session.head.status;
    return status == 429 || (status >= 500 && status <= 504);
}

int remote_again(struct remote *remote, bool gained)
{
    remote_lines_end(&remote->lines);
    if (!gained)
        return retry_wait(&remote->session);
    http_session_hang_up(&remote->session);
    retry_over(&remote->session);
    fault_clear(remote->fault);
    return 0;
}
