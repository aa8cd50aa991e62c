/* SPDX-License-Identifier: MIT */
/* pkt-lines, whole and in pieces: both must see the same. */
#include "../unit/pieces.h"
#include "proto/pkt.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* Everything that was seen, in one number. */
static uint64_t read_all(const uint8_t *bytes, size_t size, size_t piece)
{
    static struct pkt_reader pkt;
    struct fault fault = {.class = FAULT_NONE};
    uint64_t seen = 1;
    int rc;
    struct pieces in = {.reader = {.more = pieces_more, .name = "fuzz", .fault = &fault},
                        .from = bytes,
                        .to = bytes + size,
                        .first = piece,
                        .then = piece};
    pkt_open(&pkt, &in.reader, NULL);
    while ((rc = pkt_read(&pkt)) == 1) {
        const char *text;
        size_t length = pkt_text(&pkt, &text);
        seen = seen * 31 + pkt.kind + pkt.offset;
        for (size_t i = 0; i < length; i++)
            seen = seen * 31 + (unsigned char)text[i];
    }
    if ((rc < 0) != (fault.class != FAULT_NONE))
        abort();
    return seen * 2 + (rc < 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    uint64_t whole = read_all(bytes, size, size + 1);
    if (whole != read_all(bytes, size, 1) || whole != read_all(bytes, size, 7))
        abort();
    return 0;
}
