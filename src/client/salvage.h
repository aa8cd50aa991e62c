/* SPDX-License-Identifier: MIT */
/* A clone that goes on where its pack broke off. No server resumes a pack, but each sends objects
 * that it is asked for by name:
 *
 *   C: want (all tips)                 S: pack, which breaks off
 *   C: want (what is linked to and     S: pack, with those and all that they lead to
 *            has not come)
 *
 * A tree that is asked for comes with all that is below it, and a commit with all its history: that
 * is why this ends, and why some objects come twice. Nothing is claimed to be here ("have"), as
 * that would claim all that it leads to as well.
 *
 * Any object may be asked for by protocol v2; by v0 only where the server says so
 * (gitprotocol-capabilities, "allow-reachable-sha1-in-want"). Where it may not, or trees would come
 * with all that is below them each time (without "filter"), there is shallow_steps(). */
#ifndef SMIDGIT_SALVAGE_H
#define SMIDGIT_SALVAGE_H

#include "client/download.h"

/* Fetches what the refmap wants, by as many requests as it takes. After session.retries of them in
 * turn that brought nothing the network's fault stands. 0 or -1. */
int salvage_all(struct download *download);

#endif
