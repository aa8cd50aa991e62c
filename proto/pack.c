/* SPDX-License-Identifier: MIT */
/* Pack files, version 2 (gitformat-pack, "pack-*.pack files have the following format").
 *
 *   entry head: |1|type 3|size 4| |c|size 7| ... |0|size 7|      size: least significant first
 *   OFS_DELTA:  |c|distance 7| ... |0|distance 7|                most significant first, + 1 a byte
 *   REF_DELTA:  the base's name, 20 or 32 bytes
 *
 * Format notes
 * - Type 0 is invalid, type 5 reserved. Version 3 is read by stock git but written by nobody.
 * - A distance counts back from the first byte of its own entry.
 */
#include "pack.h"

#include "bytes.h"

#include <inttypes.h>
#include <string.h>

int pack_read_header(struct reader *in, uint32_t *count)
{
    unsigned char header[PACK_HEADER];
    if (reader_read(in, header, sizeof header) < 0)
        return -1;
    if (memcmp(header, "PACK", 4) != 0)
        return fault_set(in->fault, FAULT_PROTOCOL, "pack: begins with \"%.4s\", expected \"PACK\"",
                         (const char *)header);
    uint32_t version = bytes_get32(header + 4);
    if (version != 2)
        return fault_set(in->fault, FAULT_PROTOCOL, "pack: version %" PRIu32 ", expected 2",
                         version);
    *count = bytes_get32(header + 8);
    return 0;
}

static int need_byte(struct reader *in, unsigned char *out)
{
    return reader_read(in, out, 1);
}

/* type-and-size = byte *( continuation byte ) */
static int read_type_size(struct reader *in, struct pack_entry *entry)
{
    unsigned char byte;
    if (need_byte(in, &byte) < 0)
        return -1;
    entry->type = (enum object_type)(byte >> 4 & 7);
    uint64_t size = byte & 15;
    for (unsigned shift = 4; byte & 0x80; shift += 7) {
        if (need_byte(in, &byte) < 0)
            return -1;
        uint64_t part = byte & 0x7f;
        if (shift > 63 || part << shift >> shift != part)
            return fault_set(in->fault, FAULT_PROTOCOL,
                             "pack: the size of the entry at byte %" PRIu64 " overflows 64 bits",
                             entry->offset);
        size |= part << shift;
    }
    entry->size = size;
    return 0;
}

/* distance = *( continuation byte ) byte */
static int read_distance(struct reader *in, struct pack_entry *entry)
{
    unsigned char byte;
    if (need_byte(in, &byte) < 0)
        return -1;
    uint64_t distance = byte & 0x7f;
    while (byte & 0x80) {
        if (need_byte(in, &byte) < 0)
            return -1;
        if (distance + 1 > UINT64_MAX >> 7)
            return fault_set(in->fault, FAULT_PROTOCOL,
                             "pack: the base distance of the entry at byte %" PRIu64
                             " overflows 64 bits",
                             entry->offset);
        distance = (distance + 1) << 7 | (byte & 0x7f);
    }
    if (distance == 0 || distance > entry->offset - PACK_HEADER)
        return fault_set(in->fault, FAULT_PROTOCOL,
                         "pack: the entry at byte %" PRIu64 " has its base %" PRIu64
                         " bytes before itself, where no entry can be",
                         entry->offset, distance);
    entry->base_offset = entry->offset - distance;
    return 0;
}

int pack_read_entry(struct reader *in, uint64_t offset, size_t oid_len, struct pack_entry *out)
{
    struct pack_entry entry = {.offset = offset};
    if (read_type_size(in, &entry) < 0)
        return -1;
    switch (entry.type) {
    case OBJECT_COMMIT:
    case OBJECT_TREE:
    case OBJECT_BLOB:
    case OBJECT_TAG:
        break;
    case OBJECT_OFS_DELTA:
        if (read_distance(in, &entry) < 0)
            return -1;
        break;
    case OBJECT_REF_DELTA:
        if (reader_read(in, entry.base.id, oid_len) < 0)
            return -1;
        entry.base.len = (unsigned char)oid_len;
        break;
    case OBJECT_NONE:
    default:
        return fault_set(in->fault, FAULT_PROTOCOL,
                         "pack: the entry at byte %" PRIu64 " has type %d, which does not exist",
                         offset, (int)entry.type);
    }
    *out = entry;
    return 0;
}

const char *pack_type_name(enum object_type type)
{
    static const char *const names[8] = {"?", "commit", "tree", "blob", "tag", "?", "?", "?"};
    return names[type & 7];
}

size_t pack_format_header(unsigned char out[PACK_HEADER], uint32_t count)
{
    memcpy(out, "PACK", 4);
    bytes_put32(out + 4, 2);
    bytes_put32(out + 8, count);
    return PACK_HEADER;
}

size_t pack_format_entry(unsigned char out[PACK_ENTRY_HEAD_MAX], enum object_type type,
                         uint64_t size)
{
    size_t used = 0;
    out[used] = (unsigned char)((unsigned)type << 4 | (size & 15));
    for (size >>= 4; size > 0; size >>= 7) {
        out[used++] |= 0x80;
        out[used] = size & 0x7f;
    }
    return used + 1;
}
