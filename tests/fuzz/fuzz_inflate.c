/* SPDX-License-Identifier: MIT */
/* zlib streams: whole, and in small pieces with the same outcome. The first two bytes say how long
 * the result is, the rest is the stream. */
#include "inflate.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static union {
        unsigned char bytes[INFLATE_ROOM];
        uint64_t align[2];
    } room;
    static struct inflate *inflater;
    struct fault fault = {.class = FAULT_NONE}, again = {.class = FAULT_NONE};
    struct reader in;
    if (inflater == NULL)
        inflater = inflate_open(room.bytes, sizeof room.bytes, &fault);
    if (size < 2)
        return 0;
    size_t says = (size_t)bytes[0] << 8 | bytes[1], total = 0, got;
    unsigned char *whole = malloc(says), *pieces = malloc(says);
    reader_memory(&in, bytes + 2, size - 2, "memory", &fault);
    int rc = inflate_whole(inflater, &in, whole, says), more;
    uint64_t end = reader_tell(&in);
    reader_memory(&in, bytes + 2, size - 2, "memory", &again);
    inflate_begin(inflater, &in, says);
    do {
        size_t take = says - total < 7 ? says - total : 7;
        more = inflate_read(inflater, pieces + total, take, &got);
        total += got;
        if (total > says)
            abort();
    } while (more == 1);
    if (more != rc ||
        (rc == 0 && (total != says || memcmp(whole, pieces, says) || reader_tell(&in) != end)))
        abort();
    free(whole);
    free(pieces);
    return 0;
}
