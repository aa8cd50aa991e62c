/* SPDX-License-Identifier: MIT */
/* The objects that a repository lacks: negotiation, then one pack (gitprotocol-v2, "fetch";
 * gitprotocol-pack, "Packfile Negotiation"); and more, should it break off (client/salvage.h). */
#ifndef SMIDGIT_FETCH_PACK_H
#define SMIDGIT_FETCH_PACK_H

#include "objects/odb.h"
#include "proto/hash.h"
#include "receive/receive.h"
#include "remote/remote.h"
#include "repo/local_refs.h"
#include "repo/shallow.h"

struct fetch_pack {
    struct remote *remote;
    const struct url *url;          /* the remote's, as it was given */
    const struct reflist *refs;     /* the server's: what of them is here, both have */
    const struct local_refs *local; /* what can be told */
    struct odb *odb;                /* open before the pack came */
    const struct hash_ops *hash;
    int git_dir;            /* where objects/ is */
    struct repo_lock *lock; /* its own: "shallow" is written there; NULL: by the caller */
    const struct oid *wants;
    size_t want_count;
    const struct shallow_list *shallow; /* as it is here, sorted */
    unsigned long depth;                /* 0: as deep as here, or FETCH_DEPTH_ALL */
    bool deepen_relative;
    const char *deepen_since; /* seconds since 1970 in decimal, or NULL */
    uint64_t memory, unpacked_max;
    unsigned long threads;
    bool include_tag, no_progress, no_sync, no_resume, quiet;
    struct receive_result *received; /* what has come; or NULL */
    struct fault *fault;
};

/* Asks for WANTS and stores what comes. *SHALLOW_AFTER, which the caller opens and closes, is what
 * is shallow then. 0 or -1. */
int fetch_pack(const struct fetch_pack *fetch, struct shallow_list *shallow_after);

#endif
