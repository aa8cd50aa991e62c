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

enum { FETCH_DEPTH_ALL = 0x7fffffff }; /* "infinite" to git's server (gitprotocol-pack, "deepen") */

/* What is asked for. Arrays belong to the caller. */
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
    /* The server has that commit too. 0 or -1. */
    int (*ack)(struct fetch_listener *, const struct oid *);
    /* The server cuts history at that commit; or, if not SHALLOW, does so no longer. 0 or -1. */
    int (*shallow)(struct fetch_listener *, const struct oid *, bool shallow);
};

enum fetch_answer { FETCH_PACK, FETCH_NEGOTIATE, FETCH_READY };

/* Writes one request (the POST's body) for the version in CAPS. 0 or -1. */
int fetch_write(struct pkt_writer *out, const struct caps *caps,
                const struct fetch_request *request);

/* Reads the answer up to the pack. What comes next is in *OUT:
 *   FETCH_PACK       the pack, on PKT in side-bands; or raw on pkt->below when *SIDEBAND is false,
 *                    which only a v0 server without side-band-64k makes it
 *   FETCH_NEGOTIATE  another request: the server wants to be told more haves
 *   FETCH_READY      v0: another request, which has to say done
 * Sections in another order, an ACK of what was not sent, and "ready" without a pack are a
 * FAULT_PROTOCOL (R9). 0 or -1. */
int fetch_read(struct pkt_reader *pkt, const struct caps *caps, const struct fetch_request *request,
               struct fetch_listener *listener, enum fetch_answer *out, bool *sideband);

#endif
