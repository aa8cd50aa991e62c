/* SPDX-License-Identifier: MIT */
/* .idx version 2 (gitformat-pack, "Version 2 pack-*.idx files").
 *
 *   ff 't' 'O' 'c' | version 2
 *   fan-out: 256 * 4 bytes, how many names begin with this byte or a lower one
 *   names: count * 20 (32), sorted | CRC-32: count * 4 | offsets: count * 4
 *   large offsets: 8 bytes each, for the offsets whose top bit is set
 *   hash of the pack | hash of all before it
 */
#include "objects/packidx.h"

#include "proto/bytes.h"

#include <inttypes.h>
#include <string.h>

enum { HEADER = 8, FANOUT = 1024, FORGET = 8192 /* objects: some 200 KB */ };

static const unsigned char magic[HEADER] = {0xff, 't', 'O', 'c', 0, 0, 0, 2};
#define LARGE 0x80000000U /* in an offset: the number of a large one follows */

/* Writes on, and hashes what it writes. */
struct hashing_writer {
    struct writer writer;
    struct writer *below;
    const struct hash_ops *ops;
    union hash hash;
};

static int hashing_put(struct writer *writer, const void *bytes, size_t size)
{
    struct hashing_writer *hashing = (struct hashing_writer *)writer;
    hashing->ops->add(&hashing->hash, bytes, size);
    return writer_put(hashing->below, bytes, size);
}

struct source {
    struct packidx_item (*item)(void *, uint32_t);
    void *context;
    uint32_t count;
};

static int put32(struct writer *out, uint32_t value)
{
    unsigned char bytes[4];
    bytes_put32(bytes, value);
    return writer_put(out, bytes, sizeof bytes);
}

static int write_fanout(struct writer *out, const struct source *source)
{
    uint32_t n = 0;
    for (unsigned byte = 0; byte < 256; byte++) {
        while (n < source->count && source->item(source->context, n).id[0] <= byte)
            n++;
        if (put32(out, n) < 0)
            return -1;
    }
    return 0;
}

static int write_offsets(struct writer *out, const struct source *source)
{
    uint32_t large = 0;
    for (uint32_t n = 0; n < source->count; n++) {
        uint64_t offset = source->item(source->context, n).offset;
        if (put32(out, offset < LARGE ? (uint32_t)offset : LARGE | large++) < 0)
            return -1;
    }
    for (uint32_t n = 0; large > 0 && n < source->count; n++) {
        unsigned char bytes[8];
        uint64_t offset = source->item(source->context, n).offset;
        bytes_put64(bytes, offset);
        if (offset >= LARGE && writer_put(out, bytes, sizeof bytes) < 0)
            return -1;
    }
    return 0;
}

static int write_tables(struct writer *out, const struct source *source, size_t oid_len)
{
    if (writer_put(out, magic, sizeof magic) < 0 || write_fanout(out, source) < 0)
        return -1;
    for (uint32_t n = 0; n < source->count; n++)
        if (writer_put(out, source->item(source->context, n).id, oid_len) < 0)
            return -1;
    for (uint32_t n = 0; n < source->count; n++)
        if (put32(out, source->item(source->context, n).crc) < 0)
            return -1;
    return write_offsets(out, source);
}

int packidx_write(struct writer *out, const struct hash_ops *hash, uint32_t count,
                  struct packidx_item (*item)(void *context, uint32_t number), void *context,
                  const struct oid *pack_hash)
{
    struct source source = {item, context, count};
    struct hashing_writer hashing = {
        .writer = {.put = hashing_put, .name = out->name, .fault = out->fault},
        .below = out,
        .ops = hash,
    };
    struct oid own;
    hash->begin(&hashing.hash);
    if (write_tables(&hashing.writer, &source, hash->oid_len) < 0 ||
        writer_put(&hashing.writer, pack_hash->id, pack_hash->len) < 0)
        return -1;
    hash->end(&hashing.hash, &own);
    return writer_put(out, own.id, own.len);
}

static const unsigned char *name_at(const struct packidx *idx, uint32_t number)
{
    return idx->bytes + HEADER + FANOUT + (size_t)number * idx->oid_len;
}

static const unsigned char *offset_at(const struct packidx *idx, uint32_t number)
{
    return idx->bytes + HEADER + FANOUT + (size_t)idx->count * (idx->oid_len + 4) +
           (size_t)number * 4;
}

static const unsigned char *large_at(const struct packidx *idx, uint32_t number)
{
    return offset_at(idx, idx->count) + (size_t)number * 8;
}

static int check_fanout(const struct packidx *idx, struct fault *fault)
{
    uint32_t before = 0;
    for (size_t byte = 0; byte < 256; byte++) {
        uint32_t now = bytes_get32(idx->bytes + HEADER + 4 * byte);
        if (now < before)
            return fault_set(fault, FAULT_PROTOCOL, "idx: the fan-out falls at %zu", byte);
        before = now;
    }
    return 0;
}

/* Names in order, each in its fan-out; offsets inside the pack. */
static int check_tables(const struct packidx *idx, uint32_t large, const struct file_map *map,
                        struct fault *fault)
{
    for (uint32_t n = 0; n < idx->count; n++) {
        const unsigned char *name = name_at(idx, n);
        if (n > 0 && memcmp(name - idx->oid_len, name, idx->oid_len) > 0)
            return fault_set(fault, FAULT_PROTOCOL, "idx: name %" PRIu32 " is out of order", n);
        uint32_t from = name[0] ? bytes_get32(idx->bytes + HEADER + 4 * (name[0] - 1u)) : 0;
        if (n < from || n >= bytes_get32(idx->bytes + HEADER + 4 * (size_t)name[0]))
            return fault_set(fault, FAULT_PROTOCOL,
                             "idx: name %" PRIu32 " is not where the fan-out says", n);
        uint32_t offset = bytes_get32(offset_at(idx, n));
        if (offset & LARGE && (offset & ~LARGE) >= large)
            return fault_set(fault, FAULT_PROTOCOL, "idx: large offset %" PRIu32 " of %" PRIu32,
                             offset & ~LARGE, large);
        uint64_t place = packidx_offset(idx, n);
        if (place < 12 || idx->pack_size < idx->oid_len || place >= idx->pack_size - idx->oid_len)
            return fault_set(fault, FAULT_PROTOCOL,
                             "idx: object %" PRIu32 " at byte %" PRIu64 ", outside of the pack", n,
                             place);
        if (map && (n % FORGET == 0 || n + 1 == idx->count))
            file_map_forget(map);
    }
    return 0;
}

int packidx_open(struct packidx *idx, const unsigned char *bytes, size_t size, size_t oid_len,
                 uint64_t pack_size, const struct file_map *map, struct fault *fault)
{
    size_t least = HEADER + FANOUT + 2 * oid_len;
    if (size < least || memcmp(bytes, magic, sizeof magic) != 0)
        return fault_set(fault, FAULT_PROTOCOL, "idx: no index of version 2");
    struct packidx open = {bytes, size, oid_len, bytes_get32(bytes + HEADER + FANOUT - 4),
                           pack_size};
    uint64_t tables = (uint64_t)open.count * (oid_len + 8);
    if (tables > size - least || (size - least - tables) % 8 != 0)
        return fault_set(fault, FAULT_PROTOCOL, "idx: %zu bytes do not hold %" PRIu32 " objects",
                         size, open.count);
    uint64_t large = (size - least - tables) / 8;
    if (large > open.count)
        return fault_set(fault, FAULT_PROTOCOL, "idx: more large offsets than objects");
    if (check_fanout(&open, fault) < 0 || check_tables(&open, (uint32_t)large, map, fault) < 0)
        return -1;
    *idx = open;
    return 0;
}

uint32_t packidx_from(const struct packidx *idx, const struct oid *oid)
{
    const unsigned char *fanout = idx->bytes + HEADER;
    uint32_t low = oid->id[0] ? bytes_get32(fanout + 4 * (oid->id[0] - 1u)) : 0;
    uint32_t high = bytes_get32(fanout + 4 * (size_t)oid->id[0]);
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (memcmp(name_at(idx, middle), oid->id, idx->oid_len) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

bool packidx_find(const struct packidx *idx, const struct oid *oid, uint32_t *out)
{
    *out = packidx_from(idx, oid);
    return *out < idx->count && memcmp(name_at(idx, *out), oid->id, idx->oid_len) == 0;
}

unsigned packidx_shared(const struct packidx *idx, const struct oid *oid)
{
    uint32_t at = packidx_from(idx, oid), from = at > 0 ? at - 1 : 0;
    unsigned most = 0;
    for (uint32_t n = from; n < idx->count && n <= at + 1; n++) {
        struct oid other = packidx_oid(idx, n);
        unsigned digits = oid_shared(&other, oid);
        if (digits < 2 * oid->len && digits > most)
            most = digits;
    }
    return most;
}

struct oid packidx_oid(const struct packidx *idx, uint32_t number)
{
    return oid_from(name_at(idx, number), idx->oid_len);
}

uint64_t packidx_offset(const struct packidx *idx, uint32_t number)
{
    uint32_t offset = bytes_get32(offset_at(idx, number));
    return offset & LARGE ? bytes_get64(large_at(idx, offset & ~LARGE)) : offset;
}
