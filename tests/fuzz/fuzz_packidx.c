/* SPDX-License-Identifier: MIT */
/* .idx files: whatever is taken answers within its bounds, and is found by its own names. */
#include "objects/packidx.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void look(const uint8_t *bytes, size_t size, size_t oid_len, uint64_t pack_size)
{
    struct fault fault = {.class = FAULT_NONE};
    struct packidx idx;
    if (packidx_open(&idx, bytes, size, oid_len, pack_size, NULL, &fault) < 0)
        return;
    for (uint32_t n = 0; n < idx.count; n++) {
        struct oid oid = packidx_oid(&idx, n);
        uint32_t found;
        uint64_t offset = packidx_offset(&idx, n);
        if (!packidx_find(&idx, &oid, &found) || found >= idx.count || offset < 12 ||
            offset >= pack_size - oid_len)
            abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    look(bytes, size, OID_SHA1, UINT64_MAX);
    look(bytes, size, OID_SHA1, 100000);
    look(bytes, size, OID_SHA256, UINT64_C(1) << 40);
    return 0;
}
