/* SPDX-License-Identifier: MIT */
/* A pack that breaks off is lost. */
#include "receive/partial_pack.h"

int partial_pack_cut(struct receive_rest *rest, struct bases *bases, uint64_t end,
                     struct oid *pack_hash, struct fault *fault)
{
    (void)rest;
    (void)bases;
    (void)end;
    (void)pack_hash;
    (void)fault;
    return -1;
}

uint32_t partial_pack_announced(struct receive_rest *rest, uint32_t count)
{
    (void)rest;
    return count;
}

bool partial_pack_lacks(const struct receive_rest *rest)
{
    (void)rest;
    return false;
}

int partial_pack_list(struct receive_rest *rest, struct arrivals *table, uint32_t waiting,
                      struct odb *base, const struct oid *wants, size_t want_count,
                      struct fault *fault)
{
    (void)rest;
    (void)table;
    (void)waiting;
    (void)base;
    (void)wants;
    (void)want_count;
    (void)fault;
    return -1;
}
