/* SPDX-License-Identifier: MIT */
/* Names objects, and notes what they link to: the second half of the pipeline.
 *
 * It needs an object's bytes and nothing else of the first half. Its faults are its own, one a
 * thread: on namer_join() the one of the lowest pack offset wins, so the sentence is the same on
 * every run.
 */
#ifndef SMIDGIT_NAMER_H
#define SMIDGIT_NAMER_H

#include "objects/bodies.h"
#include "objects/odb.h"
#include "proto/hash.h"
#include "receive/arrivals.h"
#include "receive/work.h"

struct namer_options {
    const struct hash_ops *hash;
    const struct oid *shallow; /* sorted; parents of these are not noted */
    size_t shallow_count;
    struct odb *base; /* what is there already need not be in the pack; or NULL */
    unsigned threads; /* beside the caller's */
    size_t queue;     /* bytes that may wait to be named */
};

struct namer;

/* OPTIONS and TABLE are borrowed. NULL and a fault. */
struct namer *namer_open(const struct namer_options *options, struct arrivals *table,
                         struct fault *fault);
void namer_close(struct namer *namer); /* NULL is fine */

/* Names arrival NUMBER, an object of TYPE at OFFSET of the pack, and notes its links, now or soon.
 * A body in a scratch file is read through PIECE (BODY_PIECE bytes). A SHA-1 collision attack is
 * a FAULT_PROTOCOL (R12). -1 when naming this or an earlier object has failed: namer_join() says
 * why. */
int namer_body(struct namer *namer, uint32_t number, uint64_t offset, enum object_type type,
               const struct body *body, unsigned char *piece);

/* The same, done when it returns; *NAME is the number of its name in the table. */
int namer_now(struct namer *namer, uint32_t number, uint64_t offset, enum object_type type,
              const struct body *body, unsigned char *piece, uint32_t *name);

/* Names an object without following its links: the repository has what it points to. */
int namer_known(struct namer *namer, uint32_t number, enum object_type type,
                const unsigned char *bytes, size_t size);

/* A large blob in pieces. */
void namer_begin(struct namer *namer, enum object_type type, uint64_t size);
void namer_add(struct namer *namer, const unsigned char *bytes, size_t size);
int namer_end(struct namer *namer, uint32_t number, uint64_t offset);

/* The arrival called ID, or ARRIVALS_NONE; waits for objects that are being named. */
uint32_t namer_find(struct namer *namer, const unsigned char *id);

/* A name's number for ID, to wait for it. 0 or -1. */
int namer_await(struct namer *namer, const unsigned char *id, uint32_t *name);

/* Waits for all, and adds the fault of the lowest offset to FAULT, before what FAULT says. 0 or
 * -1. */
int namer_join(struct namer *namer, struct fault *fault);

/* Pairs of arrivals with one name, to be compared: 2 * *COUNT numbers. After namer_join(). */
const uint32_t *namer_twins(const struct namer *namer, size_t *count);

#endif
