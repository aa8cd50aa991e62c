/* SPDX-License-Identifier: MIT */
/* What is kept of bundles (repo/kept.h): the pack of one, as it was sent, in STAGE/bundles. A build
 * can go without. */
#ifndef SMIDGIT_KEPT_BUNDLES_H
#define SMIDGIT_KEPT_BUNDLES_H

#include "repo/staging.h"

#include <stdint.h>

/* Whether this build takes bundles. */
bool kept_bundles_known(void);

/* From what STAGE has taken over (kept_take()) into STAGE itself. */
void kept_bundles_take(struct staging *stage);

/* FROM in STAGE's git_dir becomes the one that is kept, as NAME; others go. 0 or -1. */
int kept_bundle_keep(struct staging *stage, const char *from, const char *name);

/* A descriptor, for reading; -1: there is none. */
int kept_bundle_open(struct staging *stage, const char *name);

/* Bytes of all in the staging directory STAGE, which may be a left-over. */
uint64_t kept_bundles_size(int stage);

/* Whether none is left. */
bool kept_bundles_drop(struct staging *stage);

#endif
