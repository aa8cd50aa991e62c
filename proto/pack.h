/* SPDX-License-Identifier: MIT */
/* Pack files (gitformat-pack): header, entry heads, trailer.
 *
 *   "PACK" | version 2 (4 bytes) | count (4) | entry ... | hash of all before (20 or 32)
 *   entry: type and size (varint) | base: offset (varint) or name (20 or 32) | zlib stream
 */
#ifndef PROTO_PACK_H
#define PROTO_PACK_H

#include "oid.h"
#include "stream.h"

enum object_type {
    OBJECT_NONE = 0,
    OBJECT_COMMIT = 1,
    OBJECT_TREE = 2,
    OBJECT_BLOB = 3,
    OBJECT_TAG = 4,
    OBJECT_OFS_DELTA = 6,
    OBJECT_REF_DELTA = 7
};

enum { PACK_HEADER = 12, PACK_ENTRY_HEAD_MAX = 10 + OID_MAX };

struct pack_entry {
    uint64_t offset; /* of the entry's first byte in the pack */
    enum object_type type;
    uint64_t size;        /* inflated bytes that follow: of the object, or of the delta */
    uint64_t base_offset; /* OBJECT_OFS_DELTA: of the base's first byte, checked to be < offset */
    struct oid base;      /* OBJECT_REF_DELTA */
};

static inline bool pack_is_delta(enum object_type type)
{
    return type == OBJECT_OFS_DELTA || type == OBJECT_REF_DELTA;
}

/* Reads the 12 bytes; *COUNT is what the server says, not to be allocated for. 0 or -1 (K1). */
int pack_read_header(struct reader *in, uint32_t *count);

/* Reads an entry's head; the zlib stream follows. OFFSET is where the entry begins, OID_LEN the
 * length of names. 0 or -1 (K2, K4). */
int pack_read_entry(struct reader *in, uint64_t offset, size_t oid_len, struct pack_entry *out);

/* "commit", "tree", "blob", "tag"; "?" for everything else. */
const char *pack_type_name(enum object_type type);

/* Writes header and entry heads, for packs that are made or completed here. Returns the bytes
 * written to OUT. */
size_t pack_format_header(unsigned char out[PACK_HEADER], uint32_t count);
size_t pack_format_entry(unsigned char out[PACK_ENTRY_HEAD_MAX], enum object_type type,
                         uint64_t size);

#endif
