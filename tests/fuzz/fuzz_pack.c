/* SPDX-License-Identifier: MIT */
/* Packs: header, then entries with their zlib streams, up to the first fault or the trailer. */
#include "proto/inflate.h"
#include "proto/pack.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

enum { PIECE = 4096, INFLATED_MAX = 1 << 22 };

/* Inflates and forgets. 0 or -1. */
static int pass_over(struct inflate *inflater, struct reader *in, uint64_t size, uint64_t *budget)
{
    static unsigned char piece[PIECE];
    int rc;
    inflate_begin(inflater, in, size);
    do {
        size_t got;
        rc = inflate_read(inflater, piece, sizeof piece, &got);
        if (*budget < got)
            return -1;
        *budget -= got;
    } while (rc == 1);
    return rc;
}

static void walk(struct inflate *inflater, const uint8_t *bytes, size_t size, size_t oid_len)
{
    struct fault fault = {.class = FAULT_NONE};
    struct reader in;
    uint32_t count;
    uint64_t budget = INFLATED_MAX;
    reader_memory(&in, bytes, size, "memory", &fault);
    if (pack_read_header(&in, &count) < 0)
        return;
    for (; count > 0; count--) {
        struct pack_entry entry;
        uint64_t offset = reader_tell(&in);
        if (pack_read_entry(&in, offset, oid_len, &entry) < 0)
            return;
        if (entry.type == OBJECT_OFS_DELTA &&
            (entry.base_offset >= offset || entry.base_offset < PACK_HEADER))
            abort();
        if (entry.type != OBJECT_OFS_DELTA && entry.type != OBJECT_REF_DELTA &&
            *pack_type_name(entry.type) == '?')
            abort();
        if (pass_over(inflater, &in, entry.size, &budget) < 0)
            return;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static union {
        unsigned char bytes[INFLATE_ROOM];
        uint64_t align[2];
    } room;
    static struct inflate *inflater;
    struct fault fault = {.class = FAULT_NONE};
    if (inflater == NULL)
        inflater = inflate_open(room.bytes, sizeof room.bytes, &fault);
    walk(inflater, bytes, size, OID_SHA1);
    walk(inflater, bytes, size, OID_SHA256);
    return 0;
}
