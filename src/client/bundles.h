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

/* Whether DOWNLOAD may begin with bundles. */
bool bundles_wanted(const struct download *download);

/* Takes DOWNLOAD's bundles into its staging directory, which has no pack yet, then from its server
 * what the refmap wants besides. A bundle that cannot be had, or is damaged, costs a warning. 1,
 * and the download's `received` is what the server has sent; 0: there are none, and nothing was
 * asked of the server; -1 as remote_fetch(), receive_pack(). But for 1, what is of use to a later
 * run is kept (repo/kept_bundles.h). */
int bundles_fetch(struct download *download);

#endif
