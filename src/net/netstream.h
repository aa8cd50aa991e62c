/* SPDX-License-Identifier: MIT */
/* A connection without TLS as a reader and a writer; callers use net_reader() and net_writer(). */
#ifndef SMIDGIT_NETSTREAM_H
#define SMIDGIT_NETSTREAM_H

#include "net/net.h"

enum {
    NET_STREAM_IN = 32 * 1024, /* bytes; a larger buffer is not faster */
    NET_STREAM_OUT = 8 * 1024  /* bytes: a request's head and the first haves */
};

struct net_stream {
    struct reader reader;
    struct writer writer;
    struct net *net;
    size_t used; /* bytes in out */
    unsigned char in[NET_STREAM_IN], out[NET_STREAM_OUT];
};

/* NAME and FAULT must outlive the stream; free() removes it. NULL and FAULT_LIMIT when there is no
 * memory. */
struct net_stream *net_stream_open(struct net *net, const char *name, struct fault *fault);
int net_stream_flush(struct net_stream *stream);

#endif
