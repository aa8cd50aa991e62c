/* SPDX-License-Identifier: MIT */
/* A TCP connection with deadlines. The one place that touches a socket.
 *
 * The socket never blocks: whoever would wait does so in await(), which knows every deadline. The
 * limits, each with its own sentence (H7 of the hostile table):
 *   connect_ms  to connect (all addresses together), and for a whole handshake
 *   idle_ms     until the next byte goes in either direction
 *   rate        bytes a second over rate_ms of waiting
 * And one that is kept here, without a sentence: rate_most, which net/pace.h knows of.
 * Looking a name up is the C library's business and has the resolver's own limits.
 */
#include "net/net.h"

#include "net/attempts.h"
#include "net/netstream.h"
#include "net/pace.h"
#include "net/resolve.h"
#include "system/interrupt.h"
#include "system/monotonic.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

const struct net_limits net_defaults = {
    .connect_ms = 30000, .idle_ms = 60000, .rate = 1, .rate_ms = 60000};

struct net {
    int socket;
    struct net_limits limits;
    struct fault *fault;
    struct net_stream *stream; /* made when first asked for */
    int64_t deadline_us;       /* of net_deadline_begin(); 0: none */
    unsigned deadline_ms;
    const char *deadline_what, *deadline_option;
    bool rate_on;
    int64_t rate_waited_us;
    uint64_t rate_bytes;
    char peer[300]; /* "host:port" for sentences, "host:port at address" with --resolve */
    struct pace pace;
};

/* A limit of 0 is none. */
static int64_t us(unsigned ms)
{
    return ms == 0 ? INT64_MAX / 4 : (int64_t)ms * 1000;
}

static int interrupted(struct fault *fault)
{
    return fault_set(fault, FAULT_INTERRUPTED, "interrupted");
}

/* Connecting. */

static int connect_any(struct net *net, const struct resolve_address *addresses, size_t count)
{
    net->socket = attempts_connect(addresses, count, monotonic_us() + us(net->limits.connect_ms));
    if (net->socket >= 0)
        return 0;
    int last = errno;
    if (interrupt_seen)
        return interrupted(net->fault);
    if (last == ETIMEDOUT)
        return fault_set(net->fault, FAULT_NETWORK,
                         "cannot connect to %s: no answer within %u ms (--connect-timeout)",
                         net->peer, net->limits.connect_ms);
    return fault_set(net->fault, FAULT_NETWORK, "cannot connect to %s: %s%s", net->peer,
                     strerror(last), count > 1 ? " (the last of several addresses)" : "");
}

static int net_connect(struct net *net, const char *host, unsigned port)
{
    struct resolve_address addresses[RESOLVE_MAX];
    size_t count;
    const char *said = resolve_said(host, port, net->limits.rules);
    snprintf(net->peer, sizeof net->peer, strchr(host, ':') ? "[%s]:%u%s%s" : "%s:%u%s%s", host,
             port, said ? " at " : "", said ? said : "");
    if (resolve(host, port, net->peer, net->limits.rules, addresses, &count, net->fault) < 0)
        return -1;
    return connect_any(net, addresses, count);
}

struct net *net_open(const char *host, unsigned port, const struct net_limits *limits,
                     struct fault *fault)
{
    struct net *net = calloc(1, sizeof *net);
    if (!net) {
        fault_set(fault, FAULT_LIMIT, "out of memory for a connection");
        return NULL;
    }
    net->socket = -1;
    net->limits = *limits;
    net->fault = fault;
    if (net_connect(net, host, port) == 0)
        return net;
    net_close(net);
    return NULL;
}

void net_close(struct net *net)
{
    if (!net)
        return;
    if (net->socket >= 0)
        close(net->socket);
    free(net->stream);
    free(net);
}

/* Waiting. */

static int rate_check(struct net *net)
{
    int64_t window = us(net->limits.rate_ms);
    if (!net->rate_on || net->limits.rate == 0 || net->rate_waited_us < window)
        return 0;
    uint64_t due = (uint64_t)net->limits.rate * net->limits.rate_ms / 1000;
    if (net->rate_bytes < due)
        return fault_set(net->fault, FAULT_NETWORK,
                         "%s is too slow: %llu bytes in %u ms, at least %llu were due (--min-rate)",
                         net->peer, (unsigned long long)net->rate_bytes, net->limits.rate_ms,
                         (unsigned long long)due);
    net->rate_waited_us = 0;
    net->rate_bytes = 0;
    return 0;
}

static int too_late(struct net *net)
{
    if (net->deadline_us && monotonic_us() >= net->deadline_us)
        return fault_set(net->fault, FAULT_NETWORK, "%s: %s did not end within %u ms (%s)",
                         net->peer, net->deadline_what, net->deadline_ms, net->deadline_option);
    return fault_set(net->fault, FAULT_NETWORK, "%s: not a byte went for %u ms (--idle-timeout)",
                     net->peer, net->limits.idle_ms);
}

/* Waits for EVENTS until IDLE_UNTIL or an earlier deadline. 0, or -1 with the sentence. */
static int await(struct net *net, short events, int64_t idle_until)
{
    int64_t began = monotonic_us(), until = idle_until;
    if (net->deadline_us && net->deadline_us < until)
        until = net->deadline_us;
    int64_t rate_left = us(net->limits.rate_ms) - net->rate_waited_us;
    bool rate_first = net->rate_on && net->limits.rate > 0 && began + rate_left < until;
    int rc = attempt_wait(net->socket, events, rate_first ? began + rate_left : until);
    net->rate_waited_us += net->rate_on ? monotonic_us() - began : 0;
    if (rc < 0 && interrupt_seen)
        return interrupted(net->fault);
    if (rc < 0)
        return fault_set(net->fault, FAULT_NETWORK, "%s: poll: %s", net->peer, strerror(errno));
    if (rate_check(net) < 0)
        return -1;
    return rc == 1 || rate_first ? 0 : too_late(net);
}

static int broken(struct net *net, const char *doing)
{
    if (errno == ECONNRESET || errno == EPIPE)
        return fault_set(net->fault, FAULT_NETWORK, "%s: the server broke the connection off (%s)",
                         net->peer, strerror(errno));
    return fault_set(net->fault, FAULT_NETWORK, "%s: cannot %s: %s", net->peer, doing,
                     strerror(errno));
}

static bool would_block(void)
{
    return errno == EAGAIN || errno == EWOULDBLOCK;
}

/* A peer that drips keeps the socket readable: deadlines are looked at here too. */
static int before_transfer(struct net *net)
{
    if (interrupt_seen)
        return interrupted(net->fault);
    return net->deadline_us && monotonic_us() >= net->deadline_us ? too_late(net) : 0;
}

int net_send(struct net *net, const void *bytes, size_t size)
{
    const unsigned char *at = bytes;
    int64_t idle_until = monotonic_us() + us(net->limits.idle_ms);
    while (size > 0) {
        if (before_transfer(net) < 0)
            return -1;
        ssize_t sent = send(net->socket, at, size, MSG_NOSIGNAL);
        if (sent >= 0) {
            at += sent;
            size -= (size_t)sent;
            idle_until = monotonic_us() + us(net->limits.idle_ms);
        } else if (would_block()) {
            if (await(net, POLLOUT, idle_until) < 0)
                return -1;
        } else if (errno != EINTR) {
            return broken(net, "send");
        }
    }
    return 0;
}

/* Waits until more may come. That is no delay of the server's: deadlines stand still. */
static void pause_for_pace(struct net *net)
{
    int64_t now = monotonic_us(), pause = pace_wait(&net->pace, now);
    if (pause == 0)
        return;
    attempt_wait(-1, 0, now + pause);
    if (net->deadline_us)
        net->deadline_us += monotonic_us() - now;
}

int net_receive(struct net *net, void *bytes, size_t capacity, size_t *got)
{
    const unsigned most = net->limits.rate_most;
    if (pace_on(most)) {
        pause_for_pace(net);
        capacity = pace_most(most, capacity);
    }
    int64_t idle_until = monotonic_us() + us(net->limits.idle_ms);
    for (;;) {
        if (before_transfer(net) < 0)
            return -1;
        ssize_t received = recv(net->socket, bytes, capacity, 0);
        if (received >= 0) {
            *got = (size_t)received;
            if (pace_on(most))
                pace_add(&net->pace, most, *got);
            return received > 0;
        }
        if (would_block()) {
            if (await(net, POLLIN, idle_until) < 0)
                return -1;
        } else if (errno != EINTR) {
            return broken(net, "receive");
        }
    }
}

void net_farewell(struct net *net, const void *bytes, size_t size)
{
    ssize_t ignored = send(net->socket, bytes, size, MSG_NOSIGNAL);
    (void)ignored;
}

void net_name(struct net *net, const char *name, const char *way)
{
    snprintf(net->peer, sizeof net->peer, "%.90s (by way of %.185s)", name, way);
}

const struct net_limits *net_limits(const struct net *net)
{
    return &net->limits;
}

void net_rate_begin(struct net *net)
{
    net->rate_on = true;
    net->rate_waited_us = 0;
    net->rate_bytes = 0;
}

void net_rate_add(struct net *net, size_t bytes)
{
    net->rate_bytes += bytes;
}

void net_rate_end(struct net *net)
{
    net->rate_on = false;
}

void net_deadline_begin(struct net *net, const char *what, unsigned ms, const char *option)
{
    net->deadline_us = ms ? monotonic_us() + us(ms) : 0;
    net->deadline_ms = ms;
    net->deadline_what = what;
    net->deadline_option = option;
}

void net_deadline_end(struct net *net)
{
    net->deadline_us = 0;
}

bool net_stale(struct net *net)
{
    struct pollfd fd = {.fd = net->socket, .events = POLLIN};
    return poll(&fd, 1, 0) != 0;
}

/* The plain reader and writer. */

static struct net_stream *stream_of(struct net *net)
{
    if (!net->stream)
        net->stream = net_stream_open(net, net->peer, net->fault);
    return net->stream;
}

struct reader *net_reader(struct net *net)
{
    struct net_stream *stream = stream_of(net);
    return stream ? &stream->reader : NULL;
}

struct writer *net_writer(struct net *net)
{
    struct net_stream *stream = stream_of(net);
    return stream ? &stream->writer : NULL;
}

int net_flush(struct net *net)
{
    return net->stream ? net_stream_flush(net->stream) : 0;
}
