/* SPDX-License-Identifier: MIT */
/* What one run may take of memory, out of --mem. */
#ifndef SMIDGIT_MEMORY_SHARE_H
#define SMIDGIT_MEMORY_SHARE_H

#include "proto/fault.h"

#include <stddef.h>
#include <stdint.h>

/* All in bytes. */
struct memory_share {
    size_t cache_first, cache_most; /* of bases that are kept: to begin with, and at most */
    size_t whole;                   /* of a blob in memory; larger ones stream */
    size_t linked;                  /* of a commit, tree or tag */
    size_t queue;                   /* that wait to be named */
    size_t waiting;                 /* of the list of deltas that wait for their base */
};

/* The shares for a pack of COUNT objects with names of OID_LEN bytes, when MEMORY bytes may be
 * taken in all; 0: little, and growing with the pack. FAULT_LIMIT when that many objects do not
 * fit. 0 or -1. */
int memory_share(uint64_t memory, size_t oid_len, uint32_t count, struct memory_share *out,
                 struct fault *fault);

#endif
