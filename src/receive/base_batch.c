/* SPDX-License-Identifier: MIT */
#include "receive/base_batch.h"

#include "proto/inflate.h"
#include "system/array.h"

#include <stdlib.h>
#include <string.h>

void base_batch_open(struct base_batch *batch)
{
    *batch = (struct base_batch){.used = 0};
    fault_clear(&batch->fault);
    /* What does not get smaller gets larger by less than this. */
    growing_writer_open(&batch->packed, 2 * BATCH_BYTES, "compressed objects", &batch->fault);
}

void base_batch_close(struct base_batch *batch)
{
    if (batch->started)
        beside_end(&batch->beside);
    growing_writer_close(&batch->packed);
    deflate_close(batch->deflate);
    free(batch->items);
    free(batch->bytes);
}

int base_batch_add(struct base_batch *batch, enum object_type type, const unsigned char *bytes,
                   size_t size, struct fault *fault)
{
    if (size > BATCH_BYTES - batch->used)
        return 0;
    if (batch->bytes == NULL)
        batch->bytes = malloc(BATCH_BYTES);
    struct batch_item *items =
        array_room(batch->items, batch->count, &batch->item_room, sizeof *items);
    if (items)
        batch->items = items;
    if (items == NULL || batch->bytes == NULL)
        return fault_set(fault, FAULT_LIMIT, "no memory for bases of a thin pack");
    items[batch->count++] = (struct batch_item){.type = type, .at = batch->used, .size = size};
    if (size > 0)
        memcpy(batch->bytes + batch->used, bytes, size);
    batch->used += size;
    return 1;
}

static int compress(void *context)
{
    struct base_batch *batch = context;
    struct writer *out = &batch->packed.writer;
    if (batch->deflate == NULL && (batch->deflate = deflate_open(&batch->fault)) == NULL)
        return -1;
    for (size_t i = 0; i < batch->count; i++) {
        struct batch_item *item = &batch->items[i];
        unsigned char head[PACK_ENTRY_HEAD_MAX];
        size_t before = batch->packed.used;
        if (writer_put(out, head, pack_format_entry(head, item->type, item->size)) < 0 ||
            deflate_write(batch->deflate, out, batch->bytes + item->at, item->size) < 0)
            return -1;
        item->entry = batch->packed.used - before;
        item->crc = inflate_crc(0, batch->packed.bytes + before, item->entry);
    }
    return 0;
}

void base_batch_start(struct base_batch *batch, bool beside)
{
    batch->started = true;
    if (beside)
        beside_start(&batch->beside, compress, batch);
    else
        batch->beside = (struct beside){.result = compress(batch)};
}

int base_batch_end(struct base_batch *batch, struct fault *fault)
{
    batch->started = false;
    if (beside_end(&batch->beside) == 0)
        return 0;
    *fault = batch->fault;
    return -1;
}

void base_batch_clear(struct base_batch *batch)
{
    batch->count = batch->used = batch->packed.used = 0;
}
