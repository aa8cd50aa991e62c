/* SPDX-License-Identifier: MIT */
/* What carries the records of TLS: a connection, or another TLS, in which a proxy has made a
 * tunnel. */
#ifndef SMIDGIT_CARRIER_H
#define SMIDGIT_CARRIER_H

#include "tls/tls.h"

/* net_send(), net_receive() and net_farewell() of NET, or the same by OUTER if that is not NULL.
 * The last words of an inner TLS are left out: those of the outer one say as much. */
int carrier_send(struct net *net, struct tls *outer, const void *bytes, size_t size);
int carrier_receive(struct net *net, struct tls *outer, void *bytes, size_t capacity, size_t *got);
void carrier_farewell(struct net *net, struct tls *outer, const void *bytes, size_t size);

#endif
