/* SPDX-License-Identifier: MIT */
/* A pack, entry by entry (gitformat-pack). */
#ifndef SMIDGIT_EXPLAIN_PACK_H
#define SMIDGIT_EXPLAIN_PACK_H

#include "client/explain_text.h"
#include "proto/pack.h"

/* The pack FILE: its header, the first entry of each kind, what there is of the others, the
 * trailer; or, where FILE->explain names an object, that entry and the deltas it is made of. An
 * .idx beside it tells names. 0 or -1. */
int explain_pack(struct explained *file);

/* An object's bytes, as a commit, a tree, a tag or a blob. */
void explain_object(struct explained *file, enum object_type type, const unsigned char *bytes,
                    size_t size);

#endif
