/* SPDX-License-Identifier: MIT */
/* Makes packs in memory, honest ones and others. */
#ifndef SMIDGIT_PACKMAKE_H
#define SMIDGIT_PACKMAKE_H

#include "proto/bytes.h"
#include "proto/hash.h"
#include "proto/pack.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

struct packmake {
    unsigned char *bytes;
    size_t used, room;
    uint32_t count;
};

static inline void packmake_add(struct packmake *pack, const void *bytes, size_t size)
{
    if (pack->used + size > pack->room) {
        pack->room = (pack->used + size) * 2;
        pack->bytes = realloc(pack->bytes, pack->room);
    }
    if (size > 0)
        memcpy(pack->bytes + pack->used, bytes, size);
    pack->used += size;
}

static inline void packmake_begin(struct packmake *pack)
{
    unsigned char header[PACK_HEADER];
    *pack = (struct packmake){0};
    packmake_add(pack, header, pack_format_header(header, 0));
}

/* Compresses into OUT[0..ROOM); how many bytes. One deflater for all, with the smallest tables: to
 * take them anew from the system, or clear them, for each of 100,000 entries costs more than all
 * else. */
static inline size_t packmake_deflate(const void *bytes, size_t size, unsigned char *out,
                                      size_t room)
{
    static z_stream stream;
    if (stream.state == NULL && deflateInit2(&stream, 1, Z_DEFLATED, 15, 1, 0) != Z_OK)
        abort();
    deflateReset(&stream);
    stream.next_in = (Bytef *)(uintptr_t)bytes;
    stream.avail_in = (uInt)size;
    stream.next_out = out;
    stream.avail_out = (uInt)room;
    if (deflate(&stream, Z_FINISH) != Z_STREAM_END)
        abort();
    return room - stream.avail_out;
}

/* An entry: head of TYPE announcing SAYS bytes, then BASE (distance varint or name), then BYTES
 * compressed. Returns the entry's offset. */
static inline uint64_t packmake_entry(struct packmake *pack, enum object_type type, uint64_t says,
                                      const void *base, size_t base_size, const void *bytes,
                                      size_t size)
{
    unsigned char head[PACK_ENTRY_HEAD_MAX];
    uint64_t offset = pack->used;
    size_t room = size + size / 8 + 128;
    unsigned char *out = malloc(room);
    packmake_add(pack, head, pack_format_entry(head, type, says));
    packmake_add(pack, base, base_size);
    packmake_add(pack, out, packmake_deflate(bytes, size, out, room));
    free(out);
    pack->count++;
    return offset;
}

static inline uint64_t packmake_whole(struct packmake *pack, enum object_type type,
                                      const void *bytes, size_t size)
{
    return packmake_entry(pack, type, size, NULL, 0, bytes, size);
}

static inline uint64_t packmake_ofs(struct packmake *pack, uint64_t base, const void *delta,
                                    size_t size)
{
    unsigned char text[10];
    size_t at = sizeof text - 1;
    uint64_t distance = pack->used - base;
    text[at] = distance & 127;
    while (distance >>= 7)
        text[--at] = 128 | (--distance & 127);
    return packmake_entry(pack, OBJECT_OFS_DELTA, size, text + at, sizeof text - at, delta, size);
}

static inline uint64_t packmake_ref(struct packmake *pack, const struct oid *base,
                                    const void *delta, size_t size)
{
    return packmake_entry(pack, OBJECT_REF_DELTA, size, base->id, base->len, delta, size);
}

/* Count and trailer. */
static inline void packmake_end(struct packmake *pack)
{
    union hash hash;
    struct oid oid;
    bytes_put32(pack->bytes + 8, pack->count);
    hash_sha1.begin(&hash);
    hash_sha1.add(&hash, pack->bytes, pack->used);
    hash_sha1.end(&hash, &oid);
    packmake_add(pack, oid.id, oid.len);
}

static inline struct oid packmake_name(enum object_type type, const void *bytes, size_t size)
{
    char head[32];
    union hash hash;
    struct oid oid;
    int length = snprintf(head, sizeof head, "%s %zu", pack_type_name(type), size);
    hash_sha1.begin(&hash);
    hash_sha1.add(&hash, head, (size_t)length + 1);
    hash_sha1.add(&hash, bytes, size);
    hash_sha1.end(&hash, &oid);
    return oid;
}

/* A delta: sizes, then copies of all of BASE_SIZE (below 64 KiB), then TEXT inserted. */
static inline size_t packmake_delta(unsigned char *out, size_t base_size, const char *text)
{
    size_t length = strlen(text), used = 0, sizes[2] = {base_size, base_size + length};
    for (int i = 0; i < 2; i++) {
        size_t size = sizes[i];
        while (size > 127) {
            out[used++] = 128 | (size & 127);
            size >>= 7;
        }
        out[used++] = (unsigned char)size;
    }
    out[used++] = 0x80 | 0x30;
    out[used++] = base_size & 255;
    out[used++] = (unsigned char)(base_size >> 8);
    out[used++] = (unsigned char)length;
    memcpy(out + used, text, length);
    return used + length;
}

#endif
