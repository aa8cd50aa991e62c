/* SPDX-License-Identifier: MIT */
/* What becomes of the references here after a fetch: judged, reported, written, and FETCH_HEAD. */
#ifndef SMIDGIT_FETCH_CHANGES_H
#define SMIDGIT_FETCH_CHANGES_H

#include "client/fetch_map.h"
#include "client/fetch_report.h"
#include "objects/commits.h"
#include "repo/ref_update.h"
#include "repo/repository.h"

struct fetch_changes {
    struct repository *repository;
    const struct local_refs *local;
    struct odb *odb; /* with what came */
    struct commits *commits;
    const char *action; /* "fetch origin": how reflogs begin */
    bool verbose, force;
    size_t rejected; /* references that stay as they are, against what was asked */
    struct ref_update *updates;
    size_t count, room;
    struct texts *texts;
    struct fetch_report *report;
    struct fault *fault;
};

/* Judges every item of MAP, and notes what is to be done. 0 or -1. */
int fetch_changes_judge(struct fetch_changes *changes, const struct fetch_map *map);

/* Notes that the references that are stale by MAP and REFS are to be deleted. 0 or -1. */
int fetch_changes_prune(struct fetch_changes *changes, const struct fetch_map *map,
                        const struct reflist *refs);

/* Makes what was noted, and forgets it. 0 or -1. */
int fetch_changes_write(struct fetch_changes *changes, bool sync);

void fetch_changes_free(struct fetch_changes *changes);

/* Empties FETCH_HEAD: nobody shall take what an earlier fetch has left for what this one was to
 * bring. 0 or -1. */
int fetch_head_clear(struct repository *repository, struct fault *fault);

/* Writes FETCH_HEAD: what is for merging first. URL: without user info. APPEND: what is in it
 * stays. 0 or -1. */
int fetch_head_write(struct repository *repository, const struct fetch_map *map, const char *url,
                     bool append, struct fault *fault);

#endif
