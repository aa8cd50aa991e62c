/* SPDX-License-Identifier: MIT */
/* Objects in files of their own, objects/xx/yyyy: one zlib stream of "TYPE SP SIZE NUL" and the
 * object's bytes (git's user manual, "Object storage format").
 *
 * GIT_DIR is a descriptor, INFLATE anybody's whose stream is not in the middle. One that cannot be
 * parsed is a FAULT_PROTOCOL; FAULT_LOCAL when its file cannot be read. Functions return 0 or -1; 1
 * with FAULT_PROTOCOL ("is missing") for an object that has no such file. */
#ifndef SMIDGIT_LOOSE_H
#define SMIDGIT_LOOSE_H

#include "objects/buffer.h"
#include "proto/inflate.h"
#include "proto/oid.h"
#include "proto/pack.h"

#include <stdbool.h>

bool loose_has(int git_dir, const struct oid *oid);

/* The next object with a file, in no order, that has DIGITS, at least 2, in common with FIRST. *AT
 * is NULL first; what it keeps open is closed with the last. false: no more. */
bool loose_next(int git_dir, const struct oid *first, unsigned digits, void **at, struct oid *out);

/* How many hexadecimal digits OID has in common with another object that has a file: at most. */
unsigned loose_shared(int git_dir, const struct oid *oid);

/* head = ( "blob" / "tree" / "commit" / "tag" ) SP decimal NUL, no zero in front, within
 * HEAD[0..SIZE): its size with the NUL, the *TYPE and the *LENGTH of what follows; 0: it is none.
 */
size_t loose_parse_head(const char *head, size_t size, enum object_type *type, uint64_t *length);

/* Its type, and its size in bytes. */
int loose_size(int git_dir, struct inflate *inflate, const struct oid *oid, enum object_type *type,
               uint64_t *size, struct fault *fault);

/* All of it, at most MAX bytes: larger is a FAULT_LIMIT. *OUT is the caller's to drop. */
int loose_read(int git_dir, struct inflate *inflate, const struct oid *oid, size_t max,
               enum object_type *type, struct buffer **out, struct fault *fault);

/* All of it in pieces; a -1 from PIECE, which has set the fault, stops. */
int loose_stream(int git_dir, struct inflate *inflate, const struct oid *oid,
                 enum object_type *type,
                 int (*piece)(void *context, const unsigned char *bytes, size_t size),
                 void *context, struct fault *fault);

#endif
