/* SPDX-License-Identifier: MIT */
/* Deltas that came before their base. */
#ifndef SMIDGIT_PARKED_H
#define SMIDGIT_PARKED_H

#include "namer.h"
#include "rebuild.h"

/* Resolves every parked arrival whose base is there by now, and those that hang on it, in base
 * order: with a list, never recursion. *LEFT is how many have no base. 0 or -1. */
int parked_resolve(struct rebuild *rebuild, struct namer *namer, uint32_t *left);

#endif
