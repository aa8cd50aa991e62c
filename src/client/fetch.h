/* SPDX-License-Identifier: MIT */
/* A repository brought up to date with one remote (git-fetch). */
#ifndef SMIDGIT_FETCH_H
#define SMIDGIT_FETCH_H

#include "client/fetch_changes.h"
#include "client/fetch_map.h"
#include "client/transfer.h"
#include "repo/repository.h"
#include "repo/shallow.h"

struct fetch {
    struct transfer transfer;
    struct fetch_map_options take; /* remote and settings are set by fetch_remote() */
    bool prune, dry_run, append;
    unsigned long depth;
    bool deepen_relative;
    const char *deepen_since; /* seconds since 1970 in decimal, or NULL */
    const char *action;       /* "fetch origin": how reflogs begin */
    struct repository *repository;
    /* found out and made on the way */
    struct url url;
    const struct hash_ops *hash;
    struct remote *remote;
    struct reflist refs;
    struct local_refs local;
    struct local_head head;
    struct odb *odb;
    struct shallow_list shallow;
    struct fetch_map map;
    struct fetch_report report;
    struct oid *here; /* sorted: what the references here are */
    size_t here_count;
    struct oid *coming; /* sorted: what is fetched by the refspecs */
    size_t coming_count;
    size_t rejected;
    bool received; /* a pack has come */
    struct fault *fault;
};

/* Fetches from NAME, a remote's or a URL, and writes objects, references and FETCH_HEAD. What was
 * done to each reference is shown on stderr unless transfer.connection.quiet. A reference that may
 * not move as asked is counted in `rejected`. 0 or -1. */
int fetch_remote(struct fetch *fetch, const char *name);

/* Frees what fetch_remote() has made; the options stay. */
void fetch_end(struct fetch *fetch);

#endif
