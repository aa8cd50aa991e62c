/* SPDX-License-Identifier: MIT */
/* Nothing but connections. */
#include "tls/carrier.h"

int carrier_send(struct net *net, struct tls *outer, const void *bytes, size_t size)
{
    (void)outer;
    return net_send(net, bytes, size);
}

int carrier_receive(struct net *net, struct tls *outer, void *bytes, size_t capacity, size_t *got)
{
    (void)outer;
    return net_receive(net, bytes, capacity, got);
}

void carrier_farewell(struct net *net, struct tls *outer, const void *bytes, size_t size)
{
    (void)outer;
    net_farewell(net, bytes, size);
}
