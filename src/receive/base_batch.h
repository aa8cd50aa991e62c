/* SPDX-License-Identifier: MIT */
/* Whole objects on their way to the end of a pack: some of them are compressed on another thread
 * while the next ones are read. */
#ifndef SMIDGIT_BASE_BATCH_H
#define SMIDGIT_BASE_BATCH_H

#include "objects/deflate.h"
#include "proto/pack.h"
#include "system/beside.h"
#include "system/growing_writer.h"

enum { BATCH_BYTES = 256 * 1024 /* of objects, and as much again compressed */ };

struct batch_item {
    enum object_type type;
    size_t at, size; /* in `bytes` */
    size_t entry;    /* bytes of the pack entry in `packed`, */
    uint32_t crc;    /* and its CRC-32 */
};

struct base_batch {
    struct batch_item *items;
    size_t count, item_room;
    unsigned char *bytes; /* BATCH_BYTES, or NULL */
    size_t used;
    struct growing_writer packed; /* the entries, one behind the other */
    struct deflate *deflate;
    struct beside beside;
    bool started;
    struct fault fault; /* of the other thread */
};

/* An empty one; base_batch_close() follows. */
void base_batch_open(struct base_batch *batch);
void base_batch_close(struct base_batch *batch);

/* Adds a copy of an object. 1; 0: there is no room for it; -1 and FAULT_LIMIT. */
int base_batch_add(struct base_batch *batch, enum object_type type, const unsigned char *bytes,
                   size_t size, struct fault *fault);

/* Compresses what is in it, BESIDE what the caller does now or at once; base_batch_end() waits for
 * that. 0 or -1. */
void base_batch_start(struct base_batch *batch, bool beside);
int base_batch_end(struct base_batch *batch, struct fault *fault);

/* For other objects. */
void base_batch_clear(struct base_batch *batch);

#endif
