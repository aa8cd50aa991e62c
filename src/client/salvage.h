/* SPDX-License-Identifier: MIT */
/* A clone or a fetch that goes on where its pack broke off. No server resumes a pack, but each
 * sends objects that it is asked for by name:
 *
 *   C: want (all tips)                 S: pack, which breaks off
 *   C: want (what is linked to and     S: pack, with those and all that they lead to
 *            has not come)
 *
 * A tree that is asked for comes with all that is below it, and a commit with all its history: that
 * is why this ends, and why some objects come twice. Nothing of what came is claimed to be here
 * ("have"), as that would claim all that it leads to as well.
 *
 * Any object may be asked for by protocol v2; by v0 only where the server says so
 * (gitprotocol-capabilities, "allow-reachable-sha1-in-want"). Where it may not, or trees would come
 * with all that is below them each time (without "filter"), a clone has shallow_steps(). */
#ifndef SMIDGIT_SALVAGE_H
#define SMIDGIT_SALVAGE_H

#include "client/missing.h"
#include "objects/odb.h"
#include "proto/hash.h"
#include "proto/url.h"
#include "receive/receive.h"
#include "remote/remote.h"
#include "repo/shallow.h"
#include "repo/staging.h"

/* Who wants something: how it is asked for, and where it goes. */
struct salvager {
    /* One request: the pack for WANTS goes into the stage's git_dir. REST is as receive_pack() has
     * it; when it is NULL, or nothing has been received before, this is a first one. 0 or -1. */
    int (*request)(struct salvager *self, const struct oid *wants, size_t count,
                   struct receive_rest *rest, struct receive_result *out);
    /* Receives PACK, which is here already, into the stage's git_dir. 0 or -1. */
    int (*receive)(struct salvager *self, struct reader *pack, const struct oid *wants,
                   size_t count, struct receive_rest *rest, struct receive_result *out);
    /* All packs in the stage's git_dir are to be in the odb; OPEN false: none. NULL and a fault. */
    struct odb *(*odb)(struct salvager *self, bool open);
    /* Another way, when objects cannot be asked for by name: whether there is one, and all of it.
     * LACKS: what is missing of what an earlier run has received so, and is in the odb; NULL: from
     * the beginning. 0; 1: it cannot go on with that; -1. NULL: none at all. */
    bool (*can_step)(struct salvager *self);
    int (*step)(struct salvager *self, const struct missing *lacks, struct receive_result *total);
    /* What comes from elsewhere, before the server is asked for anything: into a stage that has no
     * pack. 1: it was all, and *OUT is what the server has sent besides; 0: nothing was to be had,
     * and what is of use to a later run is kept (repo/kept_bundles.h); -1: so it is. NULL: there is
     * no such place. */
    int (*elsewhere)(struct salvager *self, struct receive_result *out);
    const struct oid *wants;
    size_t want_count;
    struct remote *remote;
    struct staging *stage;
    const struct url *url; /* whose packs they are */
    const struct hash_ops *hash;
    unsigned long depth; /* of the history, by steps; 0: all of it */
    const char *part;    /* of the history, in words: what is kept is of use to the same; or NULL */
    const struct shallow_list *ends; /* where PART ends only the server can say, and elsewhere when
                                        WANTS are others, or these shallow commits; NULL: known */
    bool never_kept;                 /* for a later run */
    bool no_sync, quiet;
    struct fault *fault;
};

enum { PART_MAX = 48 }; /* bytes of `part`, and its NUL */

/* Fetches what SELF wants, by as many requests as it takes; *OUT says what came, which is one pack
 * at the end (but for REPO_FILES): when it came in parts, all of it was read once more as if it had
 * been one, since each part was judged without the others. After session.retries requests in turn
 * that brought nothing the network's fault stands. 0 or -1. */
int salvage_all(struct salvager *self, struct receive_result *out);

#endif
