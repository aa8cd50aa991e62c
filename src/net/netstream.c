/* SPDX-License-Identifier: MIT */
#include "net/netstream.h"
#include "system/wipe.h"

#include <stdlib.h>
#include <string.h>

static int stream_more(struct reader *reader)
{
    struct net_stream *stream = (struct net_stream *)reader;
    size_t got;
    int rc = net_receive(stream->net, stream->in, sizeof stream->in, &got);
    if (rc <= 0)
        return rc;
    reader->at = stream->in;
    reader->end = stream->in + got;
    reader->offset += got;
    return 1;
}

int net_stream_flush(struct net_stream *stream)
{
    size_t used = stream->used;
    stream->used = 0;
    int rc = net_send(stream->net, stream->out, used);
    wipe(stream->out, used); /* there may have been a password in it */
    return rc;
}

static int stream_put(struct writer *writer, const void *bytes, size_t size)
{
    struct net_stream *stream =
        (struct net_stream *)(void *)((char *)writer - offsetof(struct net_stream, writer));
    if (size > sizeof stream->out - stream->used && net_stream_flush(stream) < 0)
        return -1;
    if (size > sizeof stream->out)
        return net_send(stream->net, bytes, size);
    if (size > 0)
        memcpy(stream->out + stream->used, bytes, size);
    stream->used += size;
    return 0;
}

struct net_stream *net_stream_open(struct net *net, const char *name, struct fault *fault)
{
    struct net_stream *stream = malloc(sizeof *stream);
    if (!stream) {
        fault_set(fault, FAULT_LIMIT, "out of memory for a connection's buffers");
        return NULL;
    }
    stream->reader = (struct reader){.more = stream_more, .name = name, .fault = fault};
    stream->writer = (struct writer){.put = stream_put, .name = name, .fault = fault};
    stream->net = net;
    stream->used = 0;
    return stream;
}
