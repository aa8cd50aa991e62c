/* SPDX-License-Identifier: MIT */
/* A pack that broke off. Entries that came whole are as good as ever: with a header and a trailer
 * of their own they are a pack, which stands on its own as deltas have come behind their bases.
 * What it links to and does not hold can be asked for by name; an honest server sends it as another
 * pack.
 *
 *   header (all) | entry | entry | ent          what came
 *   header (two) | entry | entry | trailer      what is kept
 */
#ifndef SMIDGIT_PARTIAL_PACK_H
#define SMIDGIT_PARTIAL_PACK_H

#include "objects/odb.h"
#include "receive/bases.h"
#include "receive/receive.h"

/* FAULT has ended a pack whose last whole entry ended at byte END. If it was the network's, and
 * REST is not NULL: cuts what came behind END off, and FAULT goes to rest->why. The new trailer is
 * in *PACK_HASH. 0, or -1: there is nothing that could be kept, or a fault of its own. */
int partial_pack_cut(struct receive_rest *rest, struct bases *bases, uint64_t end,
                     struct oid *pack_hash, struct fault *fault);

/* Whether not all has to be there. REST may be NULL. */
bool partial_pack_lacks(const struct receive_rest *rest);

/* A pack announces COUNT objects: how many there can be, with those that are only linked to. REST
 * may be NULL. */
uint32_t partial_pack_announced(struct receive_rest *rest, uint32_t count);

/* Everything is named that can be, but WAITING deltas, which must be none: else FAULT is what broke
 * the pack off, if anything did. Lists in REST what TABLE links to and those of WANTS that are
 * neither there nor in BASE (or NULL). 0 or -1. */
int partial_pack_list(struct receive_rest *rest, struct arrivals *table, uint32_t waiting,
                      struct odb *base, const struct oid *wants, size_t want_count,
                      struct fault *fault);

#endif
