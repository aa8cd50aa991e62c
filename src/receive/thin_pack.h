/* SPDX-License-Identifier: MIT */
/* Thin packs (gitprotocol-pack, capability "thin-pack"): deltas whose base only the receiver has.
 * The missing bases are appended, so that the pack on disk stands on its own. */
#ifndef SMIDGIT_THIN_PACK_H
#define SMIDGIT_THIN_PACK_H

#include "objects/odb.h"
#include "receive/bases.h"
#include "receive/namer.h"

/* Whether BASE has OID, to which something links as a TYPE: 1; 0; -1: it is of another type (K12).
 * The namer's lock is held. */
int thin_pack_link(struct odb *base, const struct oid *oid, enum object_type type,
                   struct fault *fault);

struct thin_pack_options {
    struct odb *odb; /* where bases are */
    size_t memory;   /* bytes of the list of them */
    bool threads;    /* compress on another thread: 1.5 MB */
};

/* Appends every base that waiting entries wait for and that the odb has; *ADDED says how many. The
 * file ends with a trailer of the old length, which is overwritten. 0 or -1. */
int thin_pack_append(struct bases *bases, struct namer *namer,
                     const struct thin_pack_options *options, uint32_t *added);

/* Writes the new count into the header and the new hash behind the last entry. 0 or -1. */
int thin_pack_finish(struct spool *spool, uint32_t count, struct oid *pack_hash);

#endif
