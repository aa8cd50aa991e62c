/* SPDX-License-Identifier: MIT */
/* What a tree holds: every file's path, mode and id, in the order of the index. */
#ifndef SMIDGIT_MANIFEST_H
#define SMIDGIT_MANIFEST_H

#include "odb.h"
#include "pathset.h"
#include "stage.h"

struct manifest_file {
    size_t path; /* offset in `paths` */
    uint32_t path_len;
    uint32_t pack; /* where its object is, to go through a pack in order */
    uint64_t offset;
    struct stage_entry entry; /* mode and id; the rest when it is written. path is not set */
};

struct manifest {
    struct manifest_file *files;
    size_t count, room;
    size_t directories; /* below the root */
    char *paths;        /* each with a NUL */
    size_t paths_used, paths_room;
};

/* Walks TREE of ODB, depth first, with a list and not by recursion. Every entry of
 * PATHS (NULL: all) is checked (P1, P2,
 * P6, P7), files and directories are counted (P8: at most FILES_MAX of each), the objects have to
 * be there. 0 or -1. */
int manifest_read(struct manifest *manifest, struct odb *odb, const struct oid *tree,
                  struct pathset *paths, size_t files_max, struct fault *fault);
void manifest_free(struct manifest *manifest);

const char *manifest_path(const struct manifest *manifest, const struct manifest_file *file);

#endif
