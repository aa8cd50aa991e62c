/* SPDX-License-Identifier: MIT */
/* Hashes that name objects, behind one small table of operations.
 *
 * Two exist: SHA-1 with collision detection, and SHA-256. Which implementation runs (portable C, or
 * the CPU's instructions) is the choice of whoever hands the table in.
 */
#ifndef PROTO_HASH_H
#define PROTO_HASH_H

#include "oid.h"

#include <stddef.h>
#include <stdint.h>

enum { HASH_STATE = 1024 }; /* bytes that are enough for every implementation, asserted in each */

/* Room for a hash in progress; on the caller's stack or in its structs. */
union hash {
    unsigned char room[HASH_STATE];
    uint64_t align;
};

struct hash_ops {
    const char *name; /* "sha1" or "sha256", as git's object-format capability says */
    const char *how;  /* "portable", "sha-ni": for `version -v` */
    size_t oid_len;   /* bytes of a name */
    void (*begin)(union hash *);
    void (*add)(union hash *, const void *bytes, size_t size);
    /* The name in *OUT. 0, or -1 when a block is part of a SHA-1 collision attack (R12 of the
     * hostile table: the object must be refused); *OUT is written all the same. */
    int (*end)(union hash *, struct oid *out);
};

extern const struct hash_ops hash_sha1;   /* collision-detecting, portable C */
extern const struct hash_ops hash_sha256; /* FIPS 180-4, portable C */

#endif
