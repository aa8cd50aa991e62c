/* SPDX-License-Identifier: MIT */
/* References in memory, and the checks that need all of them (R2). */
#ifndef SMIDGIT_REFLIST_H
#define SMIDGIT_REFLIST_H

#include "proto/refs.h"

#include <stdbool.h>
#include <stddef.h>

/* A list of references in memory, in the server's order. There can be a million: what few of them
 * have stands behind the name, and takes no room in the others. */
struct remote_ref {
    const char *name; /* NAME NUL [ struct oid: the peeled id ] [ the target NUL ] */
    struct oid oid;
    bool unborn, has_peeled, has_target;
};
struct reflist {
    struct remote_ref *refs;
    size_t count, room;
    struct oid *shallow; /* v0: where the server itself is shallow */
    size_t shallow_count, shallow_room;
    size_t memory, memory_max; /* bytes taken, with what is made of them later; 0: no limit */
    struct texts *names;
};
void reflist_free(struct reflist *refs);

/* What the tag REF points to, or NULL; where the symbolic REF leads to, or NULL. Both are the
 * list's. */
const struct oid *remote_ref_peeled(const struct remote_ref *ref);
const char *remote_ref_target(const struct remote_ref *ref);

/* The reference called NAME, or NULL. */
const struct remote_ref *reflist_find(const struct reflist *refs, const char *name);

/* Reads all that IN gives to *OUT, of which memory_max may be set. More than that is a FAULT_LIMIT.
 * *OUT is to be freed also after a failure. 0 or -1. */
int reflist_read(struct refs_reader *in, struct reflist *out, struct fault *fault);

/* Drops the references whose names begin with none of PREFIXES; with COUNT 0 all stay. */
void reflist_filter(struct reflist *refs, const char *const *prefixes, size_t count);

#endif
