/* SPDX-License-Identifier: MIT */
/* .idx version 2 (gitformat-pack): names in a pack, and where they are. */
#ifndef SMIDGIT_PACKIDX_H
#define SMIDGIT_PACKIDX_H

#include "proto/fault.h"
#include "proto/hash.h"
#include "proto/oid.h"
#include "proto/stream.h"
#include "system/file_map.h"

#include <stdbool.h>

/* One name of an index to be written. */
struct packidx_item {
    const unsigned char *id; /* oid_len bytes */
    uint32_t crc;
    uint64_t offset;
};

/* Writes an index of COUNT items, which ITEM gives by number in the order of their names. The
 * trailer is PACK_HASH and the hash of all before it. 0 or -1. */
int packidx_write(struct writer *out, const struct hash_ops *hash, uint32_t count,
                  struct packidx_item (*item)(void *context, uint32_t number), void *context,
                  const struct oid *pack_hash);

/* An index in memory, checked when opened (K9): magic, fan-out, table sizes, order of names, large
 * offsets. BYTES must outlive it; those of MAP (or NULL) are forgotten as they are checked. */
struct packidx {
    const unsigned char *bytes;
    size_t size, oid_len;
    uint32_t count;
    uint64_t pack_size; /* offsets must be below pack_size - oid_len */
};
int packidx_open(struct packidx *idx, const unsigned char *bytes, size_t size, size_t oid_len,
                 uint64_t pack_size, const struct file_map *map, struct fault *fault);

/* The number of the object called OID: true and *OUT, or false. */
bool packidx_find(const struct packidx *idx, const struct oid *oid, uint32_t *out);

/* The number of the first object that is not before OID in order. */
uint32_t packidx_from(const struct packidx *idx, const struct oid *oid);

/* How many hexadecimal digits OID has in common with another object: at most. */
unsigned packidx_shared(const struct packidx *idx, const struct oid *oid);

struct oid packidx_oid(const struct packidx *idx, uint32_t number);
uint64_t packidx_offset(const struct packidx *idx, uint32_t number);

#endif
