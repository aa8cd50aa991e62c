/* SPDX-License-Identifier: MIT */
/* The files beside packs and objects: .idx, index, packed-refs. */
#ifndef SMIDGIT_EXPLAIN_IDX_H
#define SMIDGIT_EXPLAIN_IDX_H

#include "client/explain_text.h"

int explain_idx(struct explained *file); /* gitformat-pack, "Version 2 pack-*.idx files"; 0 or -1 */
int explain_index(struct explained *file);       /* gitformat-index; 0 or -1 */
int explain_packed_refs(struct explained *file); /* git-pack-refs; 0 or -1 */

#endif
