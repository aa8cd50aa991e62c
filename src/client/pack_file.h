/* SPDX-License-Identifier: MIT */
/* A pack in memory that belongs to no repository: its entries by their offsets, and objects made of
 * them. */
#ifndef SMIDGIT_PACK_FILE_H
#define SMIDGIT_PACK_FILE_H

#include "client/explain_text.h"
#include "objects/packidx.h"
#include "proto/inflate.h"
#include "proto/pack.h"
#include "system/file_map.h"

enum { PACK_MADE = 64 };

/* An object that was made of deltas, or that one was made of. */
struct pack_made {
    uint64_t offset;
    enum object_type type;
    unsigned char *bytes;
    uint64_t size;
};

struct pack_file {
    struct explained *file;
    struct fault *fault;
    void *room; /* of the inflater */
    struct inflate *inflate;
    struct file_map idx_map;
    struct packidx idx; /* beside it */
    bool has_idx;
    struct pack_made made[PACK_MADE]; /* lately; a ring */
    size_t made_first, made_count;
    uint64_t made_bytes, work; /* bytes of those; bytes made so far */
};

/* Whatever happened, pack_file_close() follows. 0, or -1 with FAULT_LIMIT. */
int pack_file_open(struct pack_file *pack, struct explained *file);
void pack_file_close(struct pack_file *pack);

/* An entry with the bytes it takes. */
struct explain_entry {
    struct pack_entry head;
    uint64_t stream, end; /* offsets of its zlib stream, and behind it */
    unsigned char *bytes; /* inflated, the caller's to free; NULL: more than WHOLE_MAX */
};

/* The entry at OFFSET, which is within the pack. 0 or -1; ENTRY->bytes is to be freed in any case.
 */
int pack_file_entry(struct pack_file *pack, uint64_t offset, struct explain_entry *entry);

/* Where the object OID is: true; false when no .idx says so. */
bool pack_file_find(const struct pack_file *pack, const struct oid *oid, uint64_t *offset);

/* Where the base of the delta ENTRY is: 1; 0 when it is not in this pack. */
int pack_file_base(const struct pack_file *pack, const struct explain_entry *entry,
                   uint64_t *offset);

/* The object at OFFSET, whole: 1 with BYTES, the caller's to free; 0 when a base is not here or it
 * is too large to be taken apart; -1: FAULT_LIMIT, too, when a small pack makes much work. */
int pack_file_object(struct pack_file *pack, uint64_t offset, enum object_type *type,
                     unsigned char **bytes, uint64_t *size);

#endif
