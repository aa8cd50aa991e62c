/* SPDX-License-Identifier: MIT */
/* History that a fetch has made deeper. */
#ifndef SMIDGIT_DEEPENED_H
#define SMIDGIT_DEEPENED_H

#include "objects/odb.h"
#include "receive/receive.h"
#include "repo/shallow.h"

/* BEFORE[0..COUNT) were shallow before a fetch, and AFTER, which is sorted, is what is shallow now.
 * A commit that is so no more by the server's word ("unshallow") has to have its parents in ODB: no
 * pack needs to link to them (R11). 0, or -1 and a FAULT_PROTOCOL. */
int deepened_check(struct odb *odb, const struct oid *before, size_t count,
                   const struct shallow_list *after, struct fault *fault);

/* A fetch that would have made history deeper has broken off, and REST lists what is missing of
 * what came: adds the parents of these commits, which ODB has not. Nothing that came need link to
 * them. 0 or -1. */
int deepened_rest(struct odb *odb, const struct oid *before, size_t count,
                  const struct shallow_list *after, struct receive_rest *rest, struct fault *fault);

#endif
