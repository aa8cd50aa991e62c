/* SPDX-License-Identifier: MIT */
/* Bundles that a clone begins with (git-clone, --bundle-uri; technical/bundle-uri): whatever they
 * hold need not come from the git server, which is told of it and sends the rest. What a bundle
 * calls its references does not matter: names come from the git server alone. A build can go
 * without. */
#ifndef SMIDGIT_BUNDLES_H
#define SMIDGIT_BUNDLES_H

#include "client/download.h"

/* Whether DOWNLOAD's bundle_uri can be used: FAULT_USAGE when it is no http or https URL, has a
 * user in it, or history is to be cut (--depth). 0 or -1. */
int bundles_ready(struct download *download);

/* Takes DOWNLOAD's bundles into its staging directory, then from its server what the refmap wants
 * besides. A bundle that cannot be had, or is damaged, costs a warning. 1; 0: there are none, and
 * nothing was asked of the server; -1 as remote_fetch(), receive_pack(). */
int bundles_fetch(struct download *download);

#endif
