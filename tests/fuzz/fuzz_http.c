/* SPDX-License-Identifier: MIT */
/* A response: head, then body, whole and byte by byte; both ways must agree. */
#include "proto/http.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

struct drip {
    struct reader reader;
    const uint8_t *from, *to;
};

static int drip_more(struct reader *reader)
{
    struct drip *drip = (struct drip *)reader;
    if (drip->from == drip->to)
        return 0;
    reader->at = drip->from++;
    reader->end = drip->from;
    reader->offset++;
    return 1;
}

/* The body's size, or -1. */
static long read_all(struct reader *in)
{
    struct http_head head;
    struct http_body body;
    bool fresh;
    long total = 0;
    int rc;
    if (http_read_head(in, &head, &fresh) < 0)
        return -1;
    http_body_open(&body, in, &head);
    while ((rc = reader_fill(&body.reader)) == 1) {
        total += body.reader.end - body.reader.at;
        body.reader.at = body.reader.end;
    }
    return rc < 0 ? -1 : total;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct fault one = {.class = FAULT_NONE}, two = {.class = FAULT_NONE};
    struct reader whole;
    struct drip drip = {.reader = {.more = drip_more, .name = "fuzz", .fault = &two},
                        .from = bytes,
                        .to = bytes + size};
    reader_memory(&whole, bytes, size, "fuzz", &one);
    if (read_all(&whole) != read_all(&drip.reader) || strcmp(one.text, two.text) != 0)
        abort();
    return 0;
}
