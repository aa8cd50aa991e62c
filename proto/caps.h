/* SPDX-License-Identifier: MIT */
/* What a server can do: the capability list of v0 and v1 (gitprotocol-capabilities) and the
 * capability advertisement of v2 (gitprotocol-v2, "Capability Advertisement"). */
#ifndef PROTO_CAPS_H
#define PROTO_CAPS_H

#include "oid.h"
#include "pkt.h"

#include <stdbool.h>

enum { CAPS_AGENT_MAX = 256, CAPS_SYMREF_MAX = 64 };

struct caps {
    int version;    /* 0, 1 or 2 */
    size_t oid_len; /* OID_SHA1 unless object-format says sha256 */
    char agent[CAPS_AGENT_MAX];
    bool ls_refs, ls_refs_unborn;            /* v2 */
    bool fetch, fetch_shallow, fetch_filter; /* v2 */
    bool bundle_uri;                         /* v2: can be asked for bundles */
    bool object_format;                      /* said by the server; then sent back */
    /* v0 */
    bool multi_ack, multi_ack_detailed, no_done, thin_pack, side_band, side_band_64k, ofs_delta,
        no_progress, include_tag, shallow, deepen_since, deepen_not, deepen_relative, filter,
        allow_tip_sha1_in_want, allow_reachable_sha1_in_want;
};

/* v0 and v1: parses the capability list TEXT[0..SIZE) after the first reference's NUL. HEAD's
 * target ("symref=HEAD:refs/heads/x") goes to HEAD_TARGET[0..HEAD_SIZE), "" when not said.
 * R3, R4: a capability given twice (but symref), two targets of HEAD, one that does not fit, or an
 * unknown object format is a FAULT_PROTOCOL. */
int caps_parse_v0(const char *text, size_t size, struct caps *out, char *head_target,
                  size_t head_size, struct fault *fault);

/* v2: reads the lines after "version 2" up to the flush. 0 or -1. */
int caps_read_v2(struct pkt_reader *pkt, struct caps *out);

#endif
