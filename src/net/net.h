/* SPDX-License-Identifier: MIT */
/* A TCP connection with deadlines. The one place that touches a socket. */
#ifndef SMIDGIT_NET_H
#define SMIDGIT_NET_H

#include "proto/stream.h"
#include "system/list.h"

#include <signal.h>
#include <stdbool.h>

/* How long to wait for the other side, and how slow it may be. A number that is 0: no limit. */
struct net_limits {
    unsigned connect_ms;      /* to connect, and again for the TLS handshake; 30,000 by default */
    unsigned idle_ms;         /* without a byte in either direction; 60,000 by default */
    unsigned rate;            /* bytes per second at least, over rate_ms */
    unsigned rate_ms;         /* 60,000 by default */
    unsigned rate_most;       /* bytes per second at most that are received on one connection */
    const struct list *rules; /* of --resolve (net/resolve.h), outlive the connection; NULL: none */
};
extern const struct net_limits net_defaults;

struct net; /* one connection */

/* Connects to HOST (a name, or an address without brackets, "%ZONE" behind it where it
 * needs one) and PORT. NULL and FAULT_NETWORK: no
 * such name, refused, unreachable, too slow, each its own sentence that names host and port. FAULT
 * is also where later failures of this connection are stated. */
struct net *net_open(const char *host, unsigned port, const struct net_limits *limits,
                     struct fault *fault);
void net_close(struct net *net); /* NULL is fine */
/* Sentences call the other side "NAME (by way of WAY)" from now on. */
void net_name(struct net *net, const char *name, const char *way);
const struct net_limits *net_limits(const struct net *net);

/* Sending and receiving keep the limits, by poll(). A signal that ends the program ends them with
 * FAULT_INTERRUPTED. Sends all SIZE bytes. 0 or -1. */
int net_send(struct net *net, const void *bytes, size_t size);

/* Receives what there is, at most CAPACITY bytes. 1 and *GOT > 0; 0 at the peer's end; -1. */
int net_receive(struct net *net, void *bytes, size_t capacity, size_t *got);

/* Sends as much as can be sent without waiting; failures are ignored. For the last words of TLS. */
void net_farewell(struct net *net, const void *bytes, size_t size);

/* The connection for http://: like tls_reader(), tls_writer() and tls_flush(). Owned by net; NULL
 * and FAULT_LIMIT without memory. Not to be mixed with net_receive() and net_send(). */
struct reader *net_reader(struct net *net);
struct writer *net_writer(struct net *net); /* buffers until net_flush() */
int net_flush(struct net *net);

/* From now on the minimum rate holds; net_rate_end() stops it. Only time spent waiting counts: a
 * slow disk here is not the server's fault. And only bytes that were of use count, which the reader
 * above says by net_rate_add(): empty packets are none (H7). */
void net_rate_begin(struct net *net);
void net_rate_add(struct net *net, size_t bytes);
void net_rate_end(struct net *net);

/* From now on everything together may take MS milliseconds, even if bytes keep coming, until
 * net_deadline_end(). WHAT names it in the sentence ("the TLS handshake"), OPTION what allows more.
 * 0 ms: no limit. */
void net_deadline_begin(struct net *net, const char *what, unsigned ms, const char *option);
void net_deadline_end(struct net *net);

/* True when the peer has closed the connection, or sent something unasked: then it cannot be used
 * for another request. */
bool net_stale(struct net *net);

#endif
