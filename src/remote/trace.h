/* SPDX-License-Identifier: MIT */
/* --trace: the conversation in the notation of git's documents, secrets left out.
 *
 *   C: GET /team/repo.git/info/refs?service=git-upload-pack HTTP/1.1
 *   S: 001e# service=git-upload-pack\n
 *   S: PACK ... 964 bytes of pack data
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

/* TARGET: NULL is off, "" or "1" is stderr, else a file (created 0600, appended). 0 or -1. */
int trace_open(struct trace *trace, const char *target, struct fault *fault);
void trace_close(struct trace *trace);
struct pkt_watch *trace_watch(struct trace *trace); /* NULL when off */

/* One line of a request's ('C') or response's ('S') head. The values of Authorization,
 * Proxy-Authorization, Cookie and Set-Cookie are replaced by "<redacted>". */
void trace_head(struct trace *trace, char side, const char *text, size_t size);
void trace_note(struct trace *trace, const char *format, ...) FAULT_PRINTF(2, 3);

#endif
