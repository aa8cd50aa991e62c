/* SPDX-License-Identifier: MIT */
/* Objects by id, out of the repository's packs and loose files. */
#ifndef SMIDGIT_ODB_H
#define SMIDGIT_ODB_H

#include "objects/place.h"
#include "proto/fault.h"
#include "proto/hash.h"
#include "proto/oid.h"
#include "proto/pack.h"

#include <stdbool.h>

struct odb;

/* Opens the packs in GIT_DIR/objects/pack; GIT_DIR stays open until odb_close(). CACHE: bytes of
 * rebuilt bases to keep. NULL, fault. */
struct odb *odb_open(int git_dir, const struct hash_ops *hash, size_t cache, struct fault *fault);
void odb_close(struct odb *odb); /* NULL is fine */

/* As odb_open(), where others may be at work: packs that have gone while their directory was read
 * (git gc) are looked for again, as their objects are in another one then. What goes later does no
 * harm to any odb: packs stay open, and an object that is missed is looked for in new ones. */
struct odb *odb_open_shared(int git_dir, const struct hash_ops *hash, size_t cache,
                            struct fault *fault);

/* What is in the packs of ALSO is found in ODB, too, but by odb_where(), odb_abbreviation() and
 * odb_candidates(). ALSO is borrowed, and NULL takes its place before it is closed. */
void odb_also(struct odb *odb, struct odb *also);

/* Threads take turns: like all that follows it may add packs. */
bool odb_has(struct odb *odb, const struct oid *oid);

/* The type alone: no more than the heads of the deltas on the way to it is read. Threads take
 * turns. 1; 0: it is not there; -1, and no fault, which may be another thread's, when the type
 * cannot be found out. */
int odb_type(struct odb *odb, const struct oid *oid, enum object_type *type);

/* The size in bytes. A delta says it in its first bytes: its base is not looked for, so that N
 * files that are the N deltas of one chain take N steps (K13), and *TYPE is OBJECT_NONE. 0; -1 with
 * FAULT_PROTOCOL when the object is not there. */
int odb_size(struct odb *odb, const struct oid *oid, enum object_type *type, uint64_t *size);

/* A whole object of at most MAX bytes, in memory owned by the odb that holds until the next call
 * to it; larger is a FAULT_LIMIT. 0 or -1. */
int odb_read(struct odb *odb, const struct oid *oid, size_t max, enum object_type *type,
             const unsigned char **bytes, size_t *size);

/* An object of any size as a stream: calls PIECE with its bytes in order (-1 from it stops).
 * Memory stays bounded whatever the object's size. 0 or -1. */
int odb_stream(struct odb *odb, const struct oid *oid, enum object_type *type,
               int (*piece)(void *context, const unsigned char *bytes, size_t size), void *context);

/* How many hexadecimal digits are enough to mean OID among all objects; as many as git gives: at
 * least 7, and more where there are more than some 200,000 objects. */
unsigned odb_abbreviation(struct odb *odb, const struct oid *oid);

/* The objects whose id begins with the hexadecimal digits HEX, each once: at most MOST of them, in
 * FOUND. Their number. */
size_t odb_candidates(struct odb *odb, const char *hex, struct oid *found, size_t most);

/* Where the object is in the packs of ODB itself, so that a checkout can go in their order. false
 * when it is in none. */
bool odb_where(struct odb *odb, const struct oid *oid, struct place *place);

/* odb_size() and odb_stream() for the object at PLACE, which odb_where() gave, or one in a twin's
 * packs. OID is for sentences. */
int odb_size_at(struct odb *odb, const struct oid *oid, const struct place *place,
                enum object_type *type, uint64_t *size);
int odb_stream_at(struct odb *odb, const struct oid *oid, const struct place *place,
                  enum object_type *type,
                  int (*piece)(void *context, const unsigned char *bytes, size_t size),
                  void *context);

/* Another one for the packs of ODB, with half as large a cache, for a second thread: until it is
 * closed, both are used by odb_stream_at() alone. NULL and a fault, also where there are too few
 * descriptors for two. */
struct odb *odb_twin(const struct odb *odb, struct fault *fault);

#endif
