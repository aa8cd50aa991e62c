/* SPDX-License-Identifier: MIT */
/* Many small packs made one. A fetch leaves a pack each time: after a year of hourly ones there
 * would be 8,760, each with a descriptor and a search of its own. Loose objects instead would be a
 * file for each object. So whenever there are PACK_JOIN_FROM packs, all but the largest become one:
 * entries are copied as they are, and nothing is inflated (gitformat-pack). Each byte is copied
 * once in so many fetches. */
#ifndef SMIDGIT_PACK_JOIN_H
#define SMIDGIT_PACK_JOIN_H

#include "proto/fault.h"
#include "proto/hash.h"

#include <stdbool.h>

enum { PACK_JOIN_FROM = 50 };

/* Joins the packs in GIT_DIR/objects/pack, if there are at least FROM; packs with a .keep stay, and
 * the largest, unless ALL says so. The old ones are removed when the new one is there, on disk if
 * SYNC says so. 0 or -1, and all is as it was. */
int pack_join(int git_dir, const struct hash_ops *hash, uint32_t from, bool all, bool sync,
              struct fault *fault);

#endif
