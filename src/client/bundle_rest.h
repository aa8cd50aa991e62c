/* SPDX-License-Identifier: MIT */
/* What bundles did not bring of a clone: a fetch into the repository that they have made. */
#ifndef SMIDGIT_BUNDLE_REST_H
#define SMIDGIT_BUNDLE_REST_H

#include "client/download.h"

/* Asks DOWNLOAD's server for what its refmap wants and ODB lacks, which holds all that TIPS lead
 * to. Nothing is asked for when nothing is lacking. 0 or -1. */
int bundle_rest_fetch(struct download *download, struct odb *odb, const struct oid *tips,
                      size_t tip_count);

#endif
