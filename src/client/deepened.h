/* SPDX-License-Identifier: MIT */
/* History that a fetch has made deeper. */
#ifndef SMIDGIT_DEEPENED_H
#define SMIDGIT_DEEPENED_H

#include "objects/odb.h"
#include "repo/shallow.h"

/* BEFORE[0..COUNT) were shallow before a fetch, and AFTER, which is sorted, is what is shallow now.
 * A commit that is so no more by the server's word ("unshallow") has to have its parents in ODB: no
 * pack needs to link to them (R11). 0, or -1 and a FAULT_PROTOCOL. */
int deepened_check(struct odb *odb, const struct oid *before, size_t count,
                   const struct shallow_list *after, struct fault *fault);

#endif
