/* SPDX-License-Identifier: MIT */
/* want, have, done, shallow, filter: asking for a pack.
 *
 * v2: gitprotocol-v2, "fetch". v0: gitprotocol-pack, "Packfile Negotiation".
 */
#ifndef PROTO_FETCH_H
#define PROTO_FETCH_H

#include "caps.h"
#include "oid.h"
#include "pkt.h"

/* What is asked. Arrays belong to the caller. */
struct fetch_request {
    const char *agent;
    const struct oid *wants;
    size_t want_count;
    const struct oid *haves; /* sent in this round */
    size_t have_count;
    const struct oid *common; /* acknowledged in earlier rounds: sent again (stateless RPC) */
    size_t common_count;
    const struct oid *shallows; /* what is shallow here already */
    size_t shallow_count;
    unsigned long depth;      /* 0: whole history */
    const char *deepen_since; /* seconds since 1970 in decimal, or NULL */
    bool deepen_relative;
    const char *filter; /* "blob:none", or NULL; only sent where CAPS has it */
    bool thin_pack, include_tag, no_progress;
    bool done; /* no more haves will follow: send the pack */
};

/* Told while an answer is read. Functions may be NULL. */
struct fetch_listener {
    int (*ack)(struct fetch_listener *, const struct oid *, bool common); /* 0 or -1 */
    int (*shallow)(struct fetch_listener *, const struct oid *,
                   bool shallow); /* false: unshallow */
};

enum fetch_answer { FETCH_PACK, FETCH_NEGOTIATE, FETCH_READY };

/* Writes one request (the POST's body) for the version in CAPS. 0 or -1. */
int fetch_write(struct pkt_writer *out, const struct caps *caps,
                const struct fetch_request *request);

/* Reads the answer up to the pack. *OUT: FETCH_PACK, and the pack follows on PKT, in side-bands
 * (`*SIDEBAND` false only for a v0 server without side-band-64k: then it follows raw on
 * pkt->below); FETCH_NEGOTIATE, the server wants more haves; FETCH_READY (v0), the next round is
 * to say done. Section order, unasked-for ACKs, "ready" without a pack: R9. 0 or -1. */
int fetch_read(struct pkt_reader *pkt, const struct caps *caps, const struct fetch_request *request,
               struct fetch_listener *listener, enum fetch_answer *out, bool *sideband);

#endif
