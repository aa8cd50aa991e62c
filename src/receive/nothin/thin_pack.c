/* SPDX-License-Identifier: MIT */
/* receive/thin_pack.h for a build that only clones: there is nothing that a pack could be thin
 * against. */
#include "receive/thin_pack.h"

int thin_pack_link(struct odb *base, const struct oid *oid, enum object_type type,
                   struct fault *fault)
{
    (void)base;
    (void)oid;
    (void)type;
    (void)fault;
    return 0;
}

int thin_pack_append(struct bases *bases, struct namer *namer,
                     const struct thin_pack_options *options, uint32_t *added)
{
    (void)namer;
    (void)options;
    *added = 0;
    return fault_set(bases->table->fault, FAULT_LIMIT, "this build takes no thin packs");
}

int thin_pack_finish(struct spool *spool, uint32_t count, struct oid *pack_hash)
{
    (void)count;
    (void)pack_hash;
    return fault_set(spool->reader.fault, FAULT_LIMIT, "this build takes no thin packs");
}
