/* SPDX-License-Identifier: MIT */
/* A session with a server of the input's making: opened, listed, fetched from. The network is a
 * piece of memory, so that a redirect may lead to any host; what is asked of whom is looked at
 * there. A password goes to the host of its URL alone, after a 401 and in one header; it is in no
 * sentence and no trace. Requests are well formed whatever came before, results and faults agree,
 * connections are closed.
 *
 * The input is a byte that says how, one for the size of the pieces that are received, and answers
 * with a 255 between them: a byte that says how, then the answer. It is sent as it is, or made of
 * "200 OK", header lines, an empty line and a body, in which git's lines may stand between '|'.
 */
#include "remote/remote.h"

#include "net/netstream.h"
#include "proto/bytes.h"
#include "system/base64.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

#define HOST "127.0.0.1"
#define ID1 "1111111111111111111111111111111111111111"

enum { PORT = 8080, ANSWER = 1 << 16, REQUEST = 1 << 17, ROUNDS = 3, REFS = 4096 };

enum { RAW = 1, LINES = 2, CHUNKED = 4, CLOSES = 8 };          /* of an answer */
enum { V0 = 1, PASSWORD = 2, TRACE = 4, HAVES = 8, FEW = 16 }; /* of a session */

struct net {
    char host[URL_HOST_MAX + URL_ZONE_MAX];
    unsigned port;
    struct net_stream *stream;
    struct fault *fault;
    char request[REQUEST]; /* what has come of it */
    size_t requested;
    unsigned char answer[ANSWER];
    size_t answered, given;
    bool closes;
};

/* The functions of the network are told nothing else. */
static struct {
    const uint8_t *at, *end;
    size_t piece;
    unsigned open;
    bool asked_for_password; /* by the URL's host */
    char secret[17], basic[64];
} server;

static bool holds(const char *text, size_t size, const char *part)
{
    size_t length = strlen(part);
    for (size_t i = 0; i + length <= size; i++)
        if (memcmp(text + i, part, length) == 0)
            return true;
    return false;
}

static bool tells_secret(const char *text, size_t size)
{
    return holds(text, size, server.secret) || holds(text, size, server.basic + 6);
}

/* What comes after a request's head is its body, whose length the head says. SIZE_MAX: not all of
 * the head is there. */
static size_t request_size(const struct net *net)
{
    const char *end = strstr(net->request, "\r\n\r\n");
    const char *length = strstr(net->request, "\r\nContent-Length: ");
    if (end == NULL)
        return SIZE_MAX;
    return (size_t)(end + 4 - net->request) +
           (length && length < end ? strtoul(length + 18, NULL, 10) : 0);
}

/* The head's lines: none holds a control byte, and Host is whom it is sent to. */
static void look_at_head(const struct net *net)
{
    char expected[URL_HOST_MAX + 32];
    const char *at = net->request, *end = strstr(net->request, "\r\n\r\n") + 2;
    bool six = strchr(net->host, ':') != NULL, authorized = false;
    unsigned hosts = 0;
    int length = snprintf(expected, sizeof expected, "Host: %s%.*s%s", six ? "[" : "",
                          (int)strcspn(net->host, "%"), net->host, six ? "]" : "");
    if (net->port != 80)
        snprintf(expected + length, sizeof expected - (size_t)length, ":%u", net->port);
    if (strncmp(at, "GET /", 5) != 0 && strncmp(at, "POST /", 6) != 0)
        abort();
    while (at < end) {
        const char *stop = strstr(at, "\r\n");
        for (const char *c = at; c < stop; c++)
            if ((unsigned char)*c < ' ' || *c == 127)
                abort();
        size_t size = (size_t)(stop - at);
        if (strncmp(at, "Host: ", 6) == 0) {
            hosts++;
            if (size != strlen(expected) || memcmp(at, expected, size) != 0)
                abort();
        }
        if (strncmp(at, "Authorization: ", 15) == 0) {
            if (authorized || size != 15 + strlen(server.basic) ||
                memcmp(at + 15, server.basic, size - 15) != 0)
                abort();
            authorized = true;
        } else if (tells_secret(at, size)) {
            abort();
        }
        at = stop + 2;
    }
    bool own = strcmp(net->host, HOST) == 0 && net->port == PORT;
    if (hosts != 1 || (authorized && !(own && server.asked_for_password)))
        abort();
}

static void put(struct net *net, const void *bytes, size_t size)
{
    if (size > sizeof net->answer - net->answered)
        size = sizeof net->answer - net->answered;
    memcpy(net->answer + net->answered, bytes, size);
    net->answered += size;
}

/* Lines with a '|' between them as git's, but for 0000, 0001 and what comes behind a '='. */
static size_t git_lines(const uint8_t *at, const uint8_t *end, unsigned char *out, size_t room)
{
    size_t used = 0;
    while (at < end) {
        const uint8_t *stop = memchr(at, '|', (size_t)(end - at));
        size_t size = (size_t)((stop ? stop : end) - at);
        if (used + size + 8 > room)
            break;
        if (size == 4 && memcmp(at, "000", 3) == 0) {
            memcpy(out + used, at, 4);
            used += 4;
        } else if (size > 0 && *at == '=') {
            memcpy(out + used, at + 1, size - 1);
            used += size - 1;
        } else {
            used += (size_t)sprintf((char *)out + used, "%04zx", size + 5);
            memcpy(out + used, at, size);
            used += size;
            out[used++] = '\n';
        }
        at += size + (stop != NULL);
    }
    return used;
}

static void cook(struct net *net, unsigned how, const uint8_t *at, const uint8_t *end)
{
    static unsigned char body[ANSWER];
    char line[64];
    size_t size;
    put(net, "HTTP/1.1 ", 9);
    while (at < end && *at != '\n') {
        const uint8_t *stop = memchr(at, '\n', (size_t)(end - at));
        stop = stop ? stop : end;
        put(net, at, (size_t)(stop - at));
        put(net, "\r\n", 2);
        at = stop < end ? stop + 1 : end;
    }
    at += at < end;
    if (how & LINES) {
        size = git_lines(at, end, body, sizeof body);
    } else {
        size = (size_t)(end - at) < sizeof body ? (size_t)(end - at) : sizeof body;
        memcpy(body, at, size);
    }
    if (how & CHUNKED)
        snprintf(line, sizeof line, "Transfer-Encoding: chunked\r\n\r\n%s",
                 size == 0 ? "0\r\n\r\n" : "");
    else
        snprintf(line, sizeof line, "Content-Length: %zu\r\n\r\n", size);
    put(net, line, strlen(line));
    if (how & CHUNKED && size > 0) {
        snprintf(line, sizeof line, "%zx\r\n", size);
        put(net, line, strlen(line));
        put(net, body, size);
        put(net, "\r\n0\r\n\r\n", 7);
    } else {
        put(net, body, size);
    }
}

/* The next answer of the input, to a request that has come whole. */
static void answer(struct net *net)
{
    const uint8_t *at = server.at;
    if (at == server.end) {
        net->closes = true;
        return;
    }
    const uint8_t *end = memchr(at, 255, (size_t)(server.end - at));
    end = end ? end : server.end;
    server.at = end < server.end ? end + 1 : end;
    unsigned how = at < end ? *at++ : RAW;
    net->answered = net->given = 0;
    net->closes = how & CLOSES;
    if (how & RAW)
        put(net, at, (size_t)(end - at));
    else
        cook(net, how, at, end);
    if (strcmp(net->host, HOST) == 0 && net->port == PORT &&
        holds((char *)net->answer, net->answered, " 401"))
        server.asked_for_password = true;
}

const struct net_limits net_defaults = {.connect_ms = 1};

struct net *net_open(const char *host, unsigned port, const struct net_limits *limits,
                     struct fault *fault)
{
    (void)limits;
    if (*host == '\0' || port == 0 || port > 65535 || strlen(host) >= sizeof((struct net *)0)->host)
        abort();
    for (const char *c = host; *c; c++)
        if ((unsigned char)*c <= ' ' || *c == 127 || *c == '/' || *c == '@')
            abort();
    if (port == 1) {
        fault_set(fault, FAULT_NETWORK, "%s port 1: refused", host);
        return NULL;
    }
    struct net *net = malloc(sizeof *net);
    *net = (struct net){.port = port, .fault = fault};
    strcpy(net->host, host);
    net->stream = net_stream_open(net, "network", fault);
    server.open++;
    return net;
}

void net_close(struct net *net)
{
    if (net == NULL)
        return;
    server.open--;
    free(net->stream);
    free(net);
}

void net_name(struct net *net, const char *name, const char *way)
{
    (void)net, (void)name, (void)way;
}

const struct net_limits *net_limits(const struct net *net)
{
    (void)net;
    return &net_defaults;
}

int net_send(struct net *net, const void *bytes, size_t size)
{
    if (size >= sizeof net->request - net->requested)
        abort();
    memcpy(net->request + net->requested, bytes, size);
    net->requested += size;
    net->request[net->requested] = '\0';
    /* The first bytes of TLS, to which there is no answer. */
    if (net->request[0] == 0x16) {
        net->closes = true;
        if (tells_secret(net->request, net->requested))
            abort();
        net->requested = 0;
        return 0;
    }
    size_t due = request_size(net);
    if (due == SIZE_MAX || net->requested < due)
        return 0;
    if (net->requested > due)
        abort();
    look_at_head(net);
    net->requested = 0;
    answer(net);
    return 0;
}

int net_receive(struct net *net, void *bytes, size_t capacity, size_t *got)
{
    size_t left = net->answered - net->given;
    if (left == 0) {
        net->closes = true;
        return 0;
    }
    *got = left < capacity ? left : capacity;
    if (*got > server.piece)
        *got = server.piece;
    memcpy(bytes, net->answer + net->given, *got);
    net->given += *got;
    return 1;
}

void net_farewell(struct net *net, const void *bytes, size_t size)
{
    (void)net, (void)bytes, (void)size;
}

struct reader *net_reader(struct net *net)
{
    return net->stream ? &net->stream->reader : NULL;
}

struct writer *net_writer(struct net *net)
{
    return net->stream ? &net->stream->writer : NULL;
}

int net_flush(struct net *net)
{
    return net_stream_flush(net->stream);
}

void net_rate_begin(struct net *net)
{
    (void)net;
}

void net_rate_add(struct net *net, size_t bytes)
{
    (void)net, (void)bytes;
}

void net_rate_end(struct net *net)
{
    (void)net;
}

void net_deadline_begin(struct net *net, const char *what, unsigned ms, const char *option)
{
    (void)net, (void)what, (void)ms, (void)option;
}

void net_deadline_end(struct net *net)
{
    (void)net;
}

bool net_stale(struct net *net)
{
    return net->closes || net->given < net->answered;
}

/* Nobody waits as long as a server asks to. */
int poll(struct pollfd *fds, nfds_t count, int ms)
{
    (void)ms;
    for (nfds_t i = 0; i < count; i++)
        fds[i].revents = fds[i].events;
    return (int)count;
}

static int ack(struct fetch_listener *listener, const struct oid *oid)
{
    (void)listener;
    if (oid->len != OID_SHA1 && oid->len != OID_SHA256)
        abort();
    return 0;
}

static int shallow(struct fetch_listener *listener, const struct oid *oid, bool is_shallow)
{
    (void)is_shallow;
    return ack(listener, oid);
}

static void agree(int rc, const struct fault *fault)
{
    if ((rc < 0) != (fault->class != FAULT_NONE) || tells_secret(fault->text, strlen(fault->text)))
        abort();
}

static int list(struct remote *remote, bool few, struct fault *fault)
{
    static const char *const prefixes[] = {"refs/heads/", "HEAD"};
    struct reflist refs = {0};
    int rc = remote_list(remote, prefixes, few ? 2 : 0, &refs);
    agree(rc, fault);
    for (size_t i = 0; rc == 0 && i < refs.count; i++) {
        const struct remote_ref *ref = &refs.refs[i];
        if (!refs_name_valid(ref->name, strlen(ref->name), true) ||
            ref->oid.len != remote_caps(remote)->oid_len ||
            (few && strncmp(ref->name, prefixes[0], 11) != 0 &&
             strncmp(ref->name, prefixes[1], 4) != 0))
            abort();
    }
    reflist_free(&refs);
    return rc;
}

static int read_pack(struct remote *remote, struct reader *pack, struct fault *fault)
{
    int rc;
    while ((rc = reader_fill(pack)) == 1)
        pack->at = pack->end;
    agree(rc, fault);
    if (rc == 0) {
        rc = remote_pack_end(remote);
        agree(rc, fault);
    }
    return rc;
}

static void fetch(struct remote *remote, bool haves, struct fault *fault)
{
    struct oid ids[2];
    oid_parse(ID1, 40, &ids[0]);
    ids[1] = ids[0];
    ids[1].id[0] ^= 1;
    struct fetch_request request = {.wants = ids,
                                    .want_count = 1,
                                    .haves = ids + 1,
                                    .have_count = haves,
                                    .thin_pack = haves,
                                    .depth = !haves,
                                    .done = !haves};
    struct fetch_listener listener = {ack, shallow};
    if (remote_caps(remote)->oid_len != OID_SHA1)
        return;
    for (unsigned round = 0; round < ROUNDS; round++) {
        enum fetch_answer got;
        struct reader *pack = NULL;
        int rc = remote_fetch(remote, &request, &listener, &got, &pack);
        agree(rc, fault);
        if (rc < 0)
            return;
        if (got == FETCH_PACK) {
            read_pack(remote, pack, fault);
            return;
        }
        if (!haves || pack)
            abort();
        request.done = got == FETCH_READY || round == 1;
    }
}

static void visit(const struct url *url, unsigned how, struct trace *trace)
{
    struct fault fault = {.class = FAULT_NONE};
    const struct remote_options options = {
        .session = {.cred = {.password_fd = -1, .no_prompt = true},
                    .quiet = true,
                    .protocol = how & V0 ? 0 : 2,
                    .trace = trace},
        .refs_max = REFS};
    struct remote *remote = remote_open(url, &options, &fault);
    agree(remote ? 0 : -1, &fault);
    if (remote && list(remote, how & FEW, &fault) == 0)
        fetch(remote, how & HAVES, &fault);
    remote_close(remote);
    if (server.open != 0)
        abort();
}

/* A password that is not in the input. */
static void make_secret(const uint8_t *bytes, size_t size)
{
    uint64_t sum = 0xcbf29ce484222325U;
    char pair[32];
    for (size_t i = 0; i < size; i++)
        sum = (sum ^ bytes[i]) * 0x100000001b3U;
    snprintf(server.secret, sizeof server.secret, "%016llx", (unsigned long long)sum);
    snprintf(pair, sizeof pair, "u:%s", server.secret);
    strcpy(server.basic, "Basic ");
    base64_format((unsigned char *)pair, strlen(pair), server.basic + 6);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    char text[128], room[128], *shown = NULL;
    struct fault fault = {.class = FAULT_NONE};
    struct trace trace;
    struct url url;
    size_t used = 0;
    if (size < 2)
        return 0;
    setenv("NETRC", "/nonexistent/.netrc", 1);
    unsetenv("GIT_ASKPASS");
    unsetenv("SSH_ASKPASS");
    unsigned how = bytes[0];
    server.at = bytes + 2;
    server.end = bytes + size;
    server.piece = bytes[1] ? bytes[1] : SIZE_MAX;
    server.asked_for_password = false;
    make_secret(bytes, size);
    snprintf(text, sizeof text, "http://%s%s%s" HOST ":%d/r.git", how & PASSWORD ? "u:" : "",
             how & PASSWORD ? server.secret : "", how & PASSWORD ? "@" : "", PORT);
    if (url_parse(text, room, &url, &fault) < 0 || trace_open(&trace, NULL, &fault) < 0)
        abort();
    if (how & TRACE)
        trace.out = open_memstream(&shown, &used);
    visit(&url, how, &trace);
    trace_close(&trace);
    if (shown && tells_secret(shown, used))
        abort();
    free(shown);
    return 0;
}
