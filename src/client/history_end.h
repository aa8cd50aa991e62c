/* SPDX-License-Identifier: MIT */
/* Where a history ends that came in part. */
#ifndef SMIDGIT_HISTORY_END_H
#define SMIDGIT_HISTORY_END_H

#include "objects/odb.h"
#include "repo/shallow.h"

/* ODB has all that TIPS[0..TIP_COUNT) lead to, but for MISSING[0..MISSING_COUNT), which is sorted.
 * When these are parents of commits and nothing else, the commits are added to LIST: they are
 * shallow (gitprotocol-pack, "shallow-line"). *DEPTH is how many commits deep the history is at the
 * most. 0; 1: something else is missing; -1 and a fault. */
int history_end_find(struct odb *odb, const struct oid *tips, size_t tip_count,
                     const struct oid *missing, size_t missing_count, struct shallow_list *list,
                     unsigned long *depth, struct fault *fault);

#endif
