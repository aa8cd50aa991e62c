/* SPDX-License-Identifier: MIT */
/* Telling a person, byte by byte, what is in git's files. */
#ifndef SMIDGIT_EXPLAIN_H
#define SMIDGIT_EXPLAIN_H

#include "client/explain_form.h"
#include "proto/fault.h"
#include "proto/hash.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct explain {
    FILE *out;
    const struct explain_form *form;
    bool all;           /* nothing is folded */
    const char *object; /* of a pack: only the entry at this offset, or of this name; or NULL */
    const struct hash_ops *sha1, *sha256;
    struct fault *fault;
};

/* Explains BYTES[0..SIZE), which are the file PATH: a pack, .idx, index, packed-refs or loose
 * object, which its first bytes tell apart. FAULT_PROTOCOL with the offset where it is broken,
 * after what comes before it, FAULT_USAGE when EXPLAIN->object is not in it, FAULT_LIMIT. 0 or -1.
 */
int explain_bytes(const struct explain *explain, const char *path, const unsigned char *bytes,
                  size_t size);

/* The same for the file at PATH: FAULT_LOCAL, too. 0 or -1. */
int explain_file(const struct explain *explain, const char *path);

#endif
