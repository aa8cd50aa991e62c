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
        64 << 20,     /* bytes of an object that is taken apart, and of each that it is made of */
    CHAIN_MAX = 10000 /* deltas on top of each other; git makes at most 4,095 */
};

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

/* The deltas down to an entry that is none, then up again. */
int pack_file_object(struct pack_file *pack, uint64_t offset, enum object_type *type,
                     unsigned char **bytes, uint64_t *size)
{
    struct explain_entry *chain = NULL;
    size_t count = 0, room = 0;
    int rc = 1;
    do {
        struct explain_entry *grown = array_room(chain, count, &room, sizeof *chain);
        if (grown == NULL || count == CHAIN_MAX) {
            rc = fault_set(pack->fault, FAULT_LIMIT, "%zu deltas on top of each other", count);
            break;
        }
        chain = grown;
        rc = pack_file_entry(pack, offset, &chain[count]) < 0 ? -1 : chain[count].bytes != NULL;
        count++;
    } while (rc == 1 && chain[count - 1].head.type > OBJECT_TAG &&
             (rc = pack_file_base(pack, &chain[count - 1], &offset)) == 1);
    if (rc == 1) {
        *type = chain[count - 1].head.type;
        *bytes = chain[count - 1].bytes;
        *size = chain[--count].head.size;
    }
    while (rc == 1 && count > 0) {
        const struct explain_entry *delta = &chain[count - 1];
        uint64_t result;
        unsigned char *made = NULL;
        rc = delta_result_size(delta->bytes, (size_t)delta->head.size, &result, pack->fault) < 0
                 ? -1
                 : result <= WHOLE_MAX;
        if (rc == 1 && (made = malloc((size_t)result + 1)) == NULL)
            rc = fault_set(pack->fault, FAULT_LIMIT, "no memory for %" PRIu64 " bytes", result);
        if (rc == 1 && delta_apply(delta->bytes, (size_t)delta->head.size, *bytes, (size_t)*size,
                                   made, (size_t)result, pack->fault) < 0)
            rc = -1;
        free(*bytes);
        *bytes = made;
        *size = result;
        free(chain[--count].bytes);
    }
    while (count > 0)
        free(chain[--count].bytes);
    free(chain);
    if (rc != 1 && *bytes) {
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
    file_map_close(&pack->idx_map);
    free(pack->room);
}
