/* SPDX-License-Identifier: MIT */
/* --trace: the conversation in the notation of git's documents, secrets left out.
 *
 *   C: GET /team/repo.git/info/refs?service=git-upload-pack HTTP/1.1
 *   S: 001e# service=git-upload-pack\n
 *   S: PACK ... 964 bytes of pack data
 *
 * A whole trace has the pack, too, and says when each line went by, in microseconds since some
 * moment; P is a piece of a pack that comes without side-bands:
 *
 *   S 81234567: 03c9\x01PACK\0\0\0\x02...
 *   P 81234567: PACK\0\0\0\x02...
 */
#ifndef SMIDGIT_TRACE_H
#define SMIDGIT_TRACE_H

#include "proto/pkt.h"

#include <stdio.h>

struct trace {
    struct pkt_watch watch; /* hand &trace.watch to pkt_open() */
    FILE *out;              /* NULL: off */
    uint64_t pack_bytes;    /* band 1 bytes not yet reported */
};

/* TARGET: NULL is off, "" or "1" is stderr, else a file (created 0600, appended); behind "whole:",
 * the trace is whole. 0 or -1. */
int trace_open(struct trace *trace, const char *target, struct fault *fault);
void trace_close(struct trace *trace);
struct pkt_watch *trace_watch(struct trace *trace); /* NULL when off */

/* BYTES[0..SIZE) of a pack that comes without side-bands, of a trace that is on. */
void trace_pack(struct trace *trace, const unsigned char *bytes, size_t size);

/* One line of a request's ('C') or response's ('S') head. The values of Authorization,
 * Proxy-Authorization, Cookie and Set-Cookie are replaced by "<redacted>". */
void trace_head(struct trace *trace, char side, const char *text, size_t size);
void trace_note(struct trace *trace, const char *format, ...) FAULT_PRINTF(2, 3);

#endif
