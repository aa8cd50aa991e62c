/* SPDX-License-Identifier: MIT */
/* Answers to fetch, in v0 and v2, to a clone, a cut clone and a round of haves; then the bands. */
#include "proto/band.h"
#include "proto/fetch.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static int ack(struct fetch_listener *listener, const struct oid *oid)
{
    (void)listener;
    if (oid->len != OID_SHA1)
        abort();
    return 0;
}

static int shallow(struct fetch_listener *listener, const struct oid *oid, bool is_shallow)
{
    (void)listener;
    (void)is_shallow;
    if (oid->len != OID_SHA1)
        abort();
    return 0;
}

static void answer(const uint8_t *bytes, size_t size, const struct caps *caps,
                   const struct fetch_request *request)
{
    static struct pkt_reader pkt;
    struct fault fault = {.class = FAULT_NONE};
    struct fetch_listener listener = {ack, shallow};
    struct band_reader band;
    struct reader in;
    enum fetch_answer out;
    bool sideband;
    reader_memory(&in, bytes, size, "fuzz", &fault);
    pkt_open(&pkt, &in, NULL);
    int rc = fetch_read(&pkt, caps, request, &listener, &out, &sideband);
    if ((rc < 0) != (fault.class != FAULT_NONE))
        abort();
    if (rc < 0 || out != FETCH_PACK || !sideband)
        return;
    band_open(&band, &pkt, NULL);
    while (reader_fill(&band.reader) == 1)
        band.reader.at = band.reader.end;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static const struct oid haves[] = {{"\x11\x11\x11\x11\x11\x11\x11\x11\x11\x11"
                                        "\x11\x11\x11\x11\x11\x11\x11\x11\x11\x11",
                                        OID_SHA1}};
    static const struct fetch_request requests[] = {
        {.agent = "git/x", .done = true},
        {.agent = "git/x", .done = true, .depth = 1, .shallows = haves, .shallow_count = 1},
        {.agent = "git/x", .haves = haves, .have_count = 1},
    };
    static const struct caps all[] = {
        {.version = 2, .oid_len = OID_SHA1},
        {.oid_len = OID_SHA1, .side_band_64k = true, .multi_ack_detailed = true},
    };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        for (size_t k = 0; k < sizeof requests / sizeof *requests; k++)
            answer(bytes, size, &all[i], &requests[k]);
    return 0;
}
