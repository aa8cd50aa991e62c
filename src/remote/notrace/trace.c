/* SPDX-License-Identifier: MIT */
/* remote/trace.h for a build without --trace. */
#include "remote/trace.h"

int trace_open(struct trace *trace, const char *target, struct fault *fault)
{
    trace->out = NULL;
    if (target)
        return fault_set(fault, FAULT_USAGE, "this build has no --trace");
    return 0;
}

void trace_close(struct trace *trace)
{
    (void)trace;
}

struct pkt_watch *trace_watch(struct trace *trace)
{
    (void)trace;
    return NULL;
}

void trace_pack(struct trace *trace, const unsigned char *bytes, size_t size)
{
    (void)trace;
    (void)bytes;
    (void)size;
}

void trace_head(struct trace *trace, char side, const char *text, size_t size)
{
    (void)trace;
    (void)side;
    (void)text;
    (void)size;
}

void trace_note(struct trace *trace, const char *format, ...)
{
    (void)trace;
    (void)format;
}
