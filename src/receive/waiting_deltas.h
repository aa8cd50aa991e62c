/* SPDX-License-Identifier: MIT */
/* Deltas that came before their base. */
#ifndef SMIDGIT_WAITING_DELTAS_H
#define SMIDGIT_WAITING_DELTAS_H

#include "receive/bases.h"
#include "receive/namer.h"

/* Resolves every waiting arrival whose base is there by now, and those that hang on it, in base
 * order: with a list, never recursion. *LEFT is how many have no base. 0 or -1. */
int waiting_deltas_resolve(struct bases *bases, struct namer *namer, uint32_t *left);

#endif
