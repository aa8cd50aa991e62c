/* SPDX-License-Identifier: MIT */
/* What a SOCKS proxy answers; the first byte says who asks, and how many bytes come at a time. */
#include "net/socks.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct source {
    struct reader reader;
    const uint8_t *at, *end;
    size_t piece;
};

static int source_more(struct reader *reader)
{
    struct source *source = (struct source *)reader;
    size_t left = (size_t)(source->end - source->at);
    size_t take = left < source->piece ? left : source->piece;
    reader->at = source->at;
    reader->end = source->at += take;
    reader->offset += take;
    return take > 0;
}

static int sink_put(struct writer *writer, const void *bytes, size_t size)
{
    (void)bytes;
    writer->offset += size;
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    struct fault fault;
    fault_clear(&fault);
    struct source source = {.reader = {.more = source_more, .name = "fuzz", .fault = &fault},
                            .at = data + 1,
                            .end = data + size,
                            .piece = 1U + data[0] / 4};
    struct writer sink = {.put = sink_put, .name = "fuzz", .fault = &fault};
    const struct socks_request request = {data[0] & 2 ? "a.org" : "::1", 443, NULL,
                                          data[0] & 1 ? "u" : NULL, "p"};
    int rc = socks_shake(&source.reader, &sink, &request, &fault);
    if ((rc < 0) != (fault.class != FAULT_NONE) || sink.offset < 3)
        __builtin_trap();
    return 0;
}
