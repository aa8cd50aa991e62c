/* SPDX-License-Identifier: MIT */
/* Why a working tree cannot be updated: paths, by the kind of what stands in the way. */
#ifndef SMIDGIT_UPDATE_CONFLICTS_H
#define SMIDGIT_UPDATE_CONFLICTS_H

#include "proto/fault.h"

enum conflict_kind {
    CONFLICT_CHANGED,   /* files that were changed here */
    CONFLICT_UNTRACKED, /* files that the index does not have */
    CONFLICT_DIRECTORY, /* directories with such files, where a file is to be */
    CONFLICT_MARKED,    /* changed files that an option of the index keeps even by force */
    CONFLICT_KINDS
};
struct update_conflicts {
    const char **paths[CONFLICT_KINDS];
    size_t count[CONFLICT_KINDS];
    struct texts *texts;
};

/* Adds PATH, unless it is the last one of its kind: several files may want the place of one. 0, -1.
 */
int update_conflicts_add(struct update_conflicts *conflicts, const char *path,
                         enum conflict_kind kind, struct fault *fault);
void update_conflicts_free(struct update_conflicts *conflicts); /* zeros are fine */

#endif
