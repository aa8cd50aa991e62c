/* SPDX-License-Identifier: MIT */
#include "tls/carrier.h"

#include <string.h>

int carrier_send(struct net *net, struct tls *outer, const void *bytes, size_t size)
{
    if (outer == NULL)
        return net_send(net, bytes, size);
    return writer_put(tls_writer(outer), bytes, size) < 0 ? -1 : tls_flush(outer);
}

int carrier_receive(struct net *net, struct tls *outer, void *bytes, size_t capacity, size_t *got)
{
    if (outer == NULL)
        return net_receive(net, bytes, capacity, got);
    struct reader *in = tls_reader(outer);
    int rc = reader_fill(in);
    if (rc != 1)
        return rc;
    size_t hand = (size_t)(in->end - in->at);
    *got = hand < capacity ? hand : capacity;
    memcpy(bytes, in->at, *got);
    in->at += *got;
    return 1;
}

void carrier_farewell(struct net *net, struct tls *outer, const void *bytes, size_t size)
{
    if (outer == NULL)
        net_farewell(net, bytes, size);
}
