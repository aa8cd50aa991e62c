/* SPDX-License-Identifier: MIT */
/* Names objects, and notes what they link to.
 *
 * The second half of the pipeline: it needs an object's bytes and nothing else, and touches nothing
 * of the first half but the object table's names.
 */
#ifndef SMIDGIT_NAMER_H
#define SMIDGIT_NAMER_H

#include "hash.h"
#include "rebuild.h"

struct namer_seen;

struct namer {
    const struct hash_ops *ops;
    struct objtable *table;
    const struct oid *shallow; /* sorted; parents of these are not noted */
    size_t shallow_count;
    struct namer_seen *seen; /* links noted lately: next versions of a tree repeat most of them */
    uint32_t seen_count;
    uint32_t *twins; /* pairs of arrivals with one name, to be compared */
    size_t twin_count, twin_room;
    union hash hash; /* of a large object that is named piece by piece */
    struct fault *fault;
};

/* TABLE and SHALLOW (sorted) are borrowed. 0 or -1. */
int namer_open(struct namer *namer, const struct hash_ops *ops, struct objtable *table,
               const struct oid *shallow, size_t shallow_count, struct fault *fault);
void namer_close(struct namer *namer);

/* Names a whole object and notes its links. *NAME is its name's number in the table. A SHA-1
 * collision attack is a FAULT_PROTOCOL (R12). 0 or -1. */
int namer_whole(struct namer *namer, uint32_t number, enum object_type type,
                const unsigned char *bytes, size_t size, uint32_t *name);

/* The same for a large object in pieces; it has no links: a blob. */
void namer_begin(struct namer *namer, enum object_type type, uint64_t size);
void namer_add(struct namer *namer, const unsigned char *bytes, size_t size);
int namer_end(struct namer *namer, uint32_t number, enum object_type type, uint32_t *name);

/* The same for a body, whole or in a scratch file. */
int namer_body(struct namer *namer, struct rebuild *rebuild, uint32_t number, enum object_type type,
               const struct body *body, uint32_t *name);

#endif
