/* SPDX-License-Identifier: MIT */
/* Deltas that could not be applied when they came: their base came later, is only in this
 * repository, or would have taken too long to make again. */
#ifndef SMIDGIT_WAITING_DELTAS_H
#define SMIDGIT_WAITING_DELTAS_H

#include "receive/bases.h"
#include "receive/namer.h"

/* Resolves every waiting arrival whose base is there by now, and those that hang on it, in base
 * order: with a list, never recursion. The list may take MEMORY bytes. *LEFT is how many have no
 * base. 0 or -1. */
int waiting_deltas_resolve(struct bases *bases, struct namer *namer, size_t memory, uint32_t *left);

#endif
