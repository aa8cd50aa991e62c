/* SPDX-License-Identifier: MIT */
/* The types of objects that are deltas in their packs, which stand at the end of their chains. */
#ifndef SMIDGIT_ENTRY_TYPES_H
#define SMIDGIT_ENTRY_TYPES_H

#include "objects/packset.h"

/* What the deltas that were looked at last are of: many share the way to their base. */
struct entry_types {
    struct entry_type *known; /* NULL: nothing was asked yet */
};

void entry_types_close(struct entry_types *types);

/* The type of what the entry at PLACE stands for: no more than the heads on the way is read.
 * OBJECT_NONE: they cannot be, or there is no memory. */
enum object_type entry_types_find(struct entry_types *types, const struct packset *packs,
                                  struct place place);

#endif
