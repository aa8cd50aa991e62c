/* SPDX-License-Identifier: MIT */
/* Capabilities: the input as v0's list, and as v2's lines. */
#include "proto/caps.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static struct pkt_reader pkt;
    struct fault fault = {.class = FAULT_NONE};
    struct caps caps = {.oid_len = OID_SHA1};
    struct reader in;
    char head[CAPS_SYMREF_MAX];
    if (size > 0)
        caps_parse_v0((const char *)bytes, size, &caps, head, sizeof head, &fault);
    fault_clear(&fault);
    caps = (struct caps){.oid_len = OID_SHA1};
    reader_memory(&in, bytes, size, "fuzz", &fault);
    pkt_open(&pkt, &in, NULL);
    caps_read_v2(&pkt, &caps);
    return 0;
}
