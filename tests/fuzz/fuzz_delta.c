/* SPDX-License-Identifier: MIT */
/* Deltas: applied in memory and by the iterator, with the same outcome. */
#include "proto/delta.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

enum { BASE = 16, RESULT_MAX = 1 << 18 };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static const unsigned char base[BASE] = "0123456789abcdef";
    struct fault fault = {.class = FAULT_NONE}, again = {.class = FAULT_NONE};
    struct reader in;
    struct delta delta;
    uint64_t says;
    if (delta_result_size(bytes, size, &says, &fault) < 0 || says > RESULT_MAX)
        return 0;
    unsigned char *whole = malloc((size_t)says), *pieces = malloc((size_t)says);
    int rc = delta_apply(bytes, size, base, BASE, whole, (size_t)says, &fault);
    reader_memory(&in, bytes, size, "memory", &again);
    int next = delta_open(&delta, &in, BASE);
    while (next == 0 && (next = delta_next(&delta)) == 1) {
        unsigned char *to = pieces + (delta.made - delta.size);
        if (delta.kind == DELTA_COPY)
            memcpy(to, base + delta.offset, (size_t)delta.size);
        next = delta.kind == DELTA_COPY ? 0 : reader_read(&in, to, (size_t)delta.size);
    }
    if (next != rc || (rc == 0 && memcmp(whole, pieces, (size_t)says) != 0))
        abort();
    free(whole);
    free(pieces);
    return 0;
}
