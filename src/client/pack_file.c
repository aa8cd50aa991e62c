/* SPDX-License-Identifier: MIT */
#include "client/pack_file.h"

#include "proto/delta.h"
#include "system/array.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
    WHOLE_MAX =
        64 << 20, /* bytes of an object that is taken apart, and of each that it is made of */
    HELD_MAX = 256 << 20, /* bytes of all deltas on top of each other */
    CHAIN_MAX = 10000,    /* deltas on top of each other; git makes at most 4,095 */
    WORK_PER_BYTE = 256   /* bytes that are made of deltas for each of the pack, ... */
};
static const uint64_t WORK_LEAST = (uint64_t)4 << 30; /* ... besides these */

/* More than WHOLE_MAX is only counted. */
static int inflate_entry(struct pack_file *pack, struct reader *in, struct explain_entry *entry)
{
    static const size_t piece_size = 65536;
    bool whole = entry->head.size <= WHOLE_MAX;
    size_t got, capacity = whole ? (size_t)entry->head.size + INFLATE_SLACK : piece_size;
    unsigned char *bytes = malloc(capacity);
    if (bytes == NULL)
        return fault_set(pack->fault, FAULT_LIMIT, "no memory for %zu bytes", capacity);
    inflate_begin(pack->inflate, in, entry->head.size);
    size_t used = 0;
    int rc;
    while ((rc = inflate_read(pack->inflate, bytes + used, capacity - used, &got)) == 1)
        used += whole ? got : 0;
    entry->bytes = whole && rc == 0 ? bytes : NULL;
    if (entry->bytes == NULL)
        free(bytes);
    return rc;
}

int pack_file_entry(struct pack_file *pack, uint64_t offset, struct explain_entry *entry)
{
    struct explained *file = pack->file;
    struct reader in;
    entry->bytes = NULL;
    reader_memory(&in, file->bytes + offset, file->size - file->hash->oid_len - offset, "pack",
                  pack->fault);
    if (pack_read_entry(&in, offset, file->hash->oid_len, &entry->head) < 0)
        return -1;
    entry->stream = offset + reader_tell(&in);
    if (inflate_entry(pack, &in, entry) < 0)
        return fault_wrap(pack->fault, "entry at byte %" PRIu64, offset);
    entry->end = offset + reader_tell(&in);
    return 0;
}

bool pack_file_find(const struct pack_file *pack, const struct oid *oid, uint64_t *offset)
{
    uint32_t number;
    if (!pack->has_idx || !packidx_find(&pack->idx, oid, &number))
        return false;
    *offset = packidx_offset(&pack->idx, number);
    return true;
}

int pack_file_base(const struct pack_file *pack, const struct explain_entry *entry,
                   uint64_t *offset)
{
    *offset = entry->head.base_offset;
    return entry->head.type == OBJECT_OFS_DELTA || pack_file_find(pack, &entry->head.base, offset);
}

static const struct pack_made *find_made(const struct pack_file *pack, uint64_t offset)
{
    for (size_t i = 0; i < pack->made_count; i++) {
        const struct pack_made *made = &pack->made[(pack->made_first + i) % PACK_MADE];
        if (made->offset == offset)
            return made;
    }
    return NULL;
}

static void forget_first(struct pack_file *pack)
{
    struct pack_made *made = &pack->made[pack->made_first];
    free(made->bytes);
    pack->made_bytes -= made->size;
    pack->made_first = (pack->made_first + 1) % PACK_MADE;
    pack->made_count--;
}

/* Keeps a copy of an object for those that are made of it: without, each entry of a chain would
 * begin at its bottom. */
static void keep(struct pack_file *pack, uint64_t offset, enum object_type type,
                 const unsigned char *bytes, uint64_t size)
{
    unsigned char *copy = bytes ? malloc((size_t)size + 1) : NULL;
    if (copy == NULL)
        return;
    while (pack->made_count == PACK_MADE ||
           (pack->made_count > 0 && pack->made_bytes + size > WHOLE_MAX))
        forget_first(pack);
    memcpy(copy, bytes, (size_t)size);
    pack->made[(pack->made_first + pack->made_count++) % PACK_MADE] =
        (struct pack_made){offset, type, copy, size};
    pack->made_bytes += size;
}

/* SIZE bytes more are made on the way to an object. */
static int count_work(struct pack_file *pack, uint64_t size)
{
    pack->work += size;
    return pack->work <= WORK_LEAST + WORK_PER_BYTE * (uint64_t)pack->file->size
               ? 0
               : fault_set(pack->fault, FAULT_LIMIT,
                           "its deltas make %" PRIu64 " bytes of a pack of %zu", pack->work,
                           pack->file->size);
}

/* The deltas from OFFSET down to an entry that is none, or to one that was made lately: which is
 * then *MADE, and not in the chain. As pack_file_object(). */
static int read_chain(struct pack_file *pack, uint64_t offset, struct explain_entry **chain,
                      size_t *count, const struct pack_made **made)
{
    size_t room = 0;
    uint64_t held = 0;
    while ((*made = find_made(pack, offset)) == NULL) {
        if (*count == CHAIN_MAX)
            return fault_set(pack->fault, FAULT_LIMIT, "%zu deltas on top of each other", *count);
        struct explain_entry *grown = array_room(*chain, *count, &room, sizeof **chain);
        if (grown == NULL)
            return fault_set(pack->fault, FAULT_LIMIT, "no memory for %zu deltas", *count + 1);
        *chain = grown;
        struct explain_entry *entry = &grown[(*count)++];
        if (pack_file_entry(pack, offset, entry) < 0)
            return -1;
        if (entry->bytes == NULL)
            return 0;
        if (count_work(pack, entry->head.size) < 0)
            return -1;
        if (entry->head.type <= OBJECT_TAG)
            return 1;
        held += entry->head.size;
        if (held > HELD_MAX)
            return fault_set(pack->fault, FAULT_LIMIT,
                             "%zu deltas on top of each other, of %" PRIu64 " bytes together",
                             *count, held);
        if (!pack_file_base(pack, entry, &offset))
            return 0;
    }
    return 1;
}

/* Makes the next object of *BYTES, which go. As pack_file_object(). */
static int apply(struct pack_file *pack, const struct explain_entry *delta, unsigned char **bytes,
                 uint64_t *size)
{
    uint64_t result;
    unsigned char *made = NULL;
    int rc = 1;
    if (delta_result_size(delta->bytes, (size_t)delta->head.size, &result, pack->fault) < 0)
        return -1;
    if (result > WHOLE_MAX)
        return 0;
    if (count_work(pack, result) < 0)
        return -1;
    if ((made = malloc((size_t)result + 1)) == NULL)
        return fault_set(pack->fault, FAULT_LIMIT, "no memory for %" PRIu64 " bytes", result);
    if (delta_apply(delta->bytes, (size_t)delta->head.size, *bytes, (size_t)*size, made,
                    (size_t)result, pack->fault) < 0)
        rc = -1;
    free(*bytes);
    *bytes = made;
    *size = result;
    return rc;
}

/* The deltas down to an entry that is none, then up again. */
int pack_file_object(struct pack_file *pack, uint64_t offset, enum object_type *type,
                     unsigned char **bytes, uint64_t *size)
{
    struct explain_entry *chain = NULL;
    const struct pack_made *made = NULL;
    size_t count = 0;
    *bytes = NULL;
    int rc = read_chain(pack, offset, &chain, &count, &made);
    if (rc == 1 && made) {
        *type = made->type;
        *size = made->size;
        *bytes = malloc((size_t)made->size + 1);
        if (*bytes)
            memcpy(*bytes, made->bytes, (size_t)made->size);
        else
            rc = fault_set(pack->fault, FAULT_LIMIT, "no memory for %" PRIu64 " bytes", *size);
    } else if (rc == 1) {
        const struct explain_entry *whole = &chain[--count];
        *type = whole->head.type;
        *bytes = whole->bytes;
        *size = whole->head.size;
        if (count > 0)
            keep(pack, whole->head.offset, *type, *bytes, *size);
    }
    while (rc == 1 && count > 0) {
        const struct explain_entry *delta = &chain[count - 1];
        rc = apply(pack, delta, bytes, size);
        if (rc == 1)
            keep(pack, delta->head.offset, *type, *bytes, *size);
        free(chain[--count].bytes);
    }
    while (count > 0)
        free(chain[--count].bytes);
    free(chain);
    if (rc != 1) {
        free(*bytes);
        *bytes = NULL;
    }
    return rc;
}

/* The names are in the .idx beside the pack. */
static void open_idx(struct pack_file *pack)
{
    const char *path = pack->file->path;
    size_t length = strlen(path);
    char *beside = malloc(length + 1);
    struct fault ignored = {.class = FAULT_NONE};
    if (beside && length > 5 && strcmp(path + length - 5, ".pack") == 0) {
        memcpy(beside, path, length - 5);
        memcpy(beside + length - 5, ".idx", 5);
        pack->has_idx =
            file_map_open(&pack->idx_map, AT_FDCWD, beside, SIZE_MAX, &ignored) == 1 &&
            packidx_open(&pack->idx, pack->idx_map.bytes, pack->idx_map.size,
                         pack->file->hash->oid_len, pack->file->size, NULL, &ignored) == 0;
    }
    free(beside);
}

int pack_file_open(struct pack_file *pack, struct explained *file)
{
    *pack = (struct pack_file){.file = file, .fault = file->explain->fault};
    pack->room = malloc(INFLATE_ROOM);
    if (pack->room == NULL)
        return fault_set(pack->fault, FAULT_LIMIT, "no memory to inflate");
    pack->inflate = inflate_open(pack->room, INFLATE_ROOM, pack->fault);
    open_idx(pack);
    return pack->inflate ? 0 : -1;
}

void pack_file_close(struct pack_file *pack)
{
    while (pack->made_count > 0)
        forget_first(pack);
    file_map_close(&pack->idx_map);
    free(pack->room);
}
