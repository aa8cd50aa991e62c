/* SPDX-License-Identifier: MIT */
/* side-band-64k (gitprotocol-pack, "Packfile Data").
 *
 *   pack = *( PKT(band *OCTET) ) flush-pkt        band: 1 data, 2 progress, 3 fatal error
 *
 * Format notes
 * - Every five silent seconds the server sends band 1 without data, its keep-alive.
 * - After the flush nothing follows; band 3 ends everything.
 * - A server that fails early may say "ERR text" without a band.
 */
#include "band.h"

#include <inttypes.h>
#include <string.h>

enum { BAND_DATA = 1, BAND_PROGRESS = 2, BAND_ERROR = 3 };
enum { LENGTH = 4 /* bytes of a pkt-line before its data */ };

static int not_a_band(struct band_reader *band)
{
    const struct pkt_reader *pkt = band->pkt;
    if (pkt->kind != PKT_DATA)
        return fault_set(band->reader.fault, FAULT_PROTOCOL,
                         "side-band at byte %" PRIu64 ": a delimiter where a band is due",
                         pkt->offset);
    if (pkt->size == 0)
        return fault_set(band->reader.fault, FAULT_PROTOCOL,
                         "side-band at byte %" PRIu64 ": an empty line where a band is due",
                         pkt->offset);
    if (pkt->size >= 4 && memcmp(pkt->data, "ERR ", 4) == 0)
        return pkt_refused(pkt, (const char *)pkt->data + 4, pkt->size - 4);
    return fault_set(band->reader.fault, FAULT_PROTOCOL,
                     "side-band at byte %" PRIu64 ": band %u does not exist", pkt->offset,
                     pkt->data[0]);
}

/* The flush is the end, and nothing may stand behind it. */
static int end(struct band_reader *band)
{
    band->ended = true;
    return reader_end(band->pkt->below);
}

/* The next packet has not come whole: what came of its data is gathered in the buffer. */
static int broken(struct band_reader *band)
{
    struct pkt_reader *pkt = band->pkt;
    struct fault *fault = band->reader.fault;
    uint64_t came = reader_tell(pkt->below) - pkt->offset;
    if (fault->class != FAULT_NETWORK || came <= LENGTH + 1 || pkt->buffer[0] != BAND_DATA)
        return -1;
    band->broken = true;
    band->why = *fault;
    fault_clear(fault);
    band->reader.at = pkt->buffer + 1;
    band->reader.end = pkt->buffer + came - LENGTH;
    band->reader.offset += came - LENGTH - 1;
    return 1;
}

static int band_more(struct reader *reader)
{
    struct band_reader *band = (struct band_reader *)reader;
    struct pkt_reader *pkt = band->pkt;
    if (band->broken) {
        *reader->fault = band->why;
        return -1;
    }
    while (!band->ended) {
        if (pkt_need(pkt) < 0)
            return broken(band);
        if (pkt->kind == PKT_FLUSH)
            return end(band);
        if (pkt->kind != PKT_DATA || pkt->size == 0)
            return not_a_band(band);
        if (pkt->data[0] == BAND_ERROR)
            return pkt_refused(pkt, (const char *)pkt->data + 1, pkt->size - 1);
        if (++band->aside > BAND_ASIDE_MAX)
            return fault_set(reader->fault, FAULT_LIMIT,
                             "side-band at byte %" PRIu64
                             ": %d packets in a row without a byte of the pack",
                             pkt->offset, BAND_ASIDE_MAX);
        if (pkt->data[0] == BAND_PROGRESS) {
            if (band->listener)
                band->listener->progress(band->listener, pkt->data + 1, pkt->size - 1);
            continue;
        }
        if (pkt->data[0] != BAND_DATA)
            return not_a_band(band);
        if (pkt->size == 1) {
            band->keepalives++;
            continue;
        }
        band->aside = 0;
        reader->at = pkt->data + 1;
        reader->end = pkt->data + pkt->size;
        reader->offset += pkt->size - 1;
        return 1;
    }
    return 0;
}

void band_open(struct band_reader *band, struct pkt_reader *pkt, struct band_listener *listener)
{
    *band = (struct band_reader){
        .reader = {.more = band_more, .name = "side-band", .fault = pkt->below->fault},
        .pkt = pkt,
        .listener = listener,
    };
}
