/* SPDX-License-Identifier: MIT */
/* side-band-64k (gitprotocol-pack, "Packfile Data"; gitprotocol-v2, "packfile" section).
 *
 * Each pkt-line begins with the band: 1 pack data, 2 progress, 3 a fatal error. Band 1 without
 * data is the server's keep-alive.
 */
#ifndef PROTO_BAND_H
#define PROTO_BAND_H

#include "pkt.h"

#include <stdbool.h>

/* Told what the server says on band 2: raw bytes of a stranger, in pieces. */
struct band_listener {
    void (*progress)(struct band_listener *, const unsigned char *text, size_t size);
};

struct band_reader {
    struct reader reader;
    struct pkt_reader *pkt;
    struct band_listener *listener; /* or NULL: progress is dropped */
    uint64_t keepalives;
    uint32_t aside; /* packets since the last byte of the pack */
    bool ended, broken;
    struct fault why; /* that the line broke */
};

/* Progress and empty packets in a row: a server that sends for half an hour, 500 a second, has
 * fewer (H7). */
enum { BAND_ASIDE_MAX = 1 << 20 };

/* Band 1 of PKT as a reader. It ends at the flush, after which the stream below must end too (R7).
 * Of a packet in which the line breaks, what came is given before the FAULT_NETWORK: 64 KiB may be
 * all that a line lets through. Band 3 is a FAULT_REFUSED with the server's words. */
void band_open(struct band_reader *band, struct pkt_reader *pkt, struct band_listener *listener);

#endif
