/* SPDX-License-Identifier: MIT */
/* A delta, instruction by instruction (gitformat-pack, "Deltified representation"). */
#ifndef SMIDGIT_EXPLAIN_DELTA_H
#define SMIDGIT_EXPLAIN_DELTA_H

#include "client/explain_text.h"

/* DELTA[0..SIZE), inflated, of BASE, or of what is not here: NULL. FILE says how much is told. 0 or
 * -1. */
int explain_delta(struct explained *file, const unsigned char *delta, size_t size,
                  const unsigned char *base, uint64_t base_size);

#endif
