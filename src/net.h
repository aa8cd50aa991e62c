/* SPDX-License-Identifier: MIT */
/* A TCP connection with deadlines. The one place that touches a socket. */
#ifndef SMIDGIT_NET_H
#define SMIDGIT_NET_H

#include "stream.h"

#include <stdbool.h>

struct net_limits {
    unsigned connect_ms; /* to connect; 30,000 by default */
    unsigned idle_ms;    /* without a byte in either direction; 60,000 by default */
    unsigned rate;       /* bytes per second at least, over rate_ms; 0: no limit */
    unsigned rate_ms;    /* 60,000 by default; counts from net_rate_begin() */
};
extern const struct net_limits net_defaults;

struct net; /* one connection */

/* Connects to HOST (a name, or an address without brackets) and PORT. NULL and FAULT_NETWORK: no
 * such name, refused, unreachable, too slow, each its own sentence that names host and port. */
struct net *net_open(const char *host, unsigned port, const struct net_limits *limits,
                     struct fault *fault);
void net_close(struct net *net); /* NULL is fine */

/* Sends all / receives some (1 and *GOT > 0; 0 at the end; -1). Deadlines are enforced here, with
 * poll(); an interrupt asked for by a signal ends either with FAULT_INTERRUPTED. */
int net_send(struct net *net, const void *bytes, size_t size);
int net_receive(struct net *net, void *bytes, size_t capacity, size_t *got);

/* From now on the minimum rate holds (from the first pack byte); net_rate_end() stops it. */
void net_rate_begin(struct net *net);
void net_rate_end(struct net *net);

/* True when the peer has closed or sent something unasked: a kept connection is no good then. */
bool net_stale(struct net *net);

#endif
