/* SPDX-License-Identifier: MIT */
/* The objects of a clone, by as many packs as it takes (client/salvage.h). */
#ifndef SMIDGIT_CLONE_PACK_H
#define SMIDGIT_CLONE_PACK_H

#include "client/download.h"

/* Fetches what the refmap wants into the stage's git_dir; the odb is closed then. 0 or -1. */
int clone_pack(struct download *download);

#endif
