/* SPDX-License-Identifier: MIT */
/* References: the input as the answer to the GET (v0, v1, v2), and as ls-refs' answer. What is
 * given has names that are valid and ids of one length. */
#include "proto/refs.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void read_all(struct refs_reader *refs)
{
    struct ref ref;
    while (refs_next(refs, &ref) == 1) {
        if (!refs_name_valid(ref.name, strlen(ref.name), true) ||
            ref.oid.len != refs->caps->oid_len || oid_is_null(&ref.oid) != ref.unborn ||
            (ref.has_peeled && ref.peeled.len != refs->caps->oid_len) ||
            (ref.symref_target &&
             !refs_name_valid(ref.symref_target, strlen(ref.symref_target), false)))
            abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static struct pkt_reader pkt;
    static struct refs_reader refs;
    struct fault fault = {.class = FAULT_NONE};
    struct caps caps;
    struct reader in;
    reader_memory(&in, bytes, size, "fuzz", &fault);
    pkt_open(&pkt, &in, NULL);
    if (refs_discover(&refs, &pkt, &caps) == 0 && caps.version != 2)
        read_all(&refs);
    fault_clear(&fault);
    caps = (struct caps){.version = 2, .oid_len = OID_SHA1};
    reader_memory(&in, bytes, size, "fuzz", &fault);
    pkt_open(&pkt, &in, NULL);
    refs_open_ls(&refs, &pkt, &caps);
    read_all(&refs);
    return 0;
}
