/* SPDX-License-Identifier: MIT */
/* zlib streams as packs hold them (RFC 1950, RFC 1951).
 *
 *   0x78 | flags | deflate blocks ... | Adler-32 of what comes out (4 bytes)
 *
 * Format notes
 * - The pack says how long the result is, not how long the stream is: only inflating it tells where
 *   the next entry begins. A result that is a byte longer or shorter than announced is corrupt.
 * - zlib takes its state and its 32 KB window from the caller's room, once. It frees nothing in
 *   between: a stream begins with one reset.
 */
#include "inflate.h"

#include <inttypes.h>
#include <string.h>
#include <zlib.h>

enum { ALIGNMENT = 16 };

struct inflate {
    z_stream z;
    struct reader *in;
    uint64_t size, made; /* bytes of the result: announced, and so far */
    unsigned char *free, *end;
    int reset; /* what zlib said to the last reset */
};

static size_t aligned(size_t size)
{
    return (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

static void *room_take(void *opaque, unsigned items, unsigned size)
{
    struct inflate *inflate = opaque;
    size_t bytes = aligned((size_t)items * size);
    if (bytes > (size_t)(inflate->end - inflate->free))
        return NULL;
    void *taken = inflate->free;
    inflate->free += bytes;
    return taken;
}

static void room_keep(void *opaque, void *address)
{
    (void)opaque;
    (void)address;
}

struct inflate *inflate_open(void *room, size_t size, struct fault *fault)
{
    struct inflate *inflate = room;
    size_t own = aligned(sizeof *inflate);
    if (size >= own) {
        memset(inflate, 0, sizeof *inflate);
        inflate->free = (unsigned char *)room + own;
        inflate->end = (unsigned char *)room + size;
        inflate->z.zalloc = room_take;
        inflate->z.zfree = room_keep;
        inflate->z.opaque = inflate;
        if (inflateInit(&inflate->z) == Z_OK)
            return inflate;
    }
    fault_set(fault, FAULT_LIMIT, "inflate: zlib does not fit in %zu bytes", size);
    return NULL;
}

void inflate_begin(struct inflate *inflate, struct reader *in, uint64_t size)
{
    inflate->in = in;
    inflate->size = size;
    inflate->made = 0;
    inflate->reset = inflateReset(&inflate->z);
}

static int refused(struct inflate *inflate, int code)
{
    const char *why = inflate->z.msg ? inflate->z.msg : "no progress";
    if (code == Z_NEED_DICT)
        why = "a preset dictionary";
    if (code == Z_MEM_ERROR)
        return fault_set(inflate->in->fault, FAULT_LIMIT, "inflate: zlib's memory is used up");
    return fault_set(inflate->in->fault, FAULT_PROTOCOL,
                     "inflate: %s at byte %" PRIu64 " of %" PRIu64, why, inflate->made,
                     inflate->size);
}

/* One call of zlib with the window at hand. Z_OK, Z_STREAM_END, or what it refused with. */
static int step(struct inflate *self, unsigned char *out, uint64_t room, int flush, uInt *made)
{
    struct reader *in = self->in;
    size_t hand = (size_t)(in->end - in->at);
    uInt capacity = room > UINT32_MAX / 2 ? UINT32_MAX / 2 : (uInt)room;
    self->z.next_in = (z_const Bytef *)in->at;
    self->z.avail_in = hand > UINT32_MAX / 2 ? UINT32_MAX / 2 : (uInt)hand;
    self->z.next_out = out;
    self->z.avail_out = capacity;
    int code = inflate(&self->z, flush);
    *made = capacity - self->z.avail_out;
    in->at = self->z.next_in;
    if (code == Z_BUF_ERROR && (in->at == in->end || *made > 0))
        code = Z_OK; /* it only wants more input or more room */
    return code;
}

/* Up to ROOM bytes more: 1 when the stream goes on, 0 when it is whole, -1. */
static int more(struct inflate *inflate, unsigned char *out, uint64_t room, int flush, uInt *made)
{
    struct reader *in = inflate->in;
    *made = 0;
    if (inflate->reset != Z_OK)
        return refused(inflate, inflate->reset);
    int rc = reader_fill(in);
    if (rc == 0)
        fault_set(in->fault, FAULT_PROTOCOL, "%s: ends at byte %" PRIu64 ", inside a zlib stream",
                  in->name, reader_tell(in));
    if (rc <= 0)
        return -1;
    int code = step(inflate, out, room, flush, made);
    inflate->made += *made;
    if (inflate->made > inflate->size)
        return fault_set(in->fault, FAULT_PROTOCOL,
                         "inflate: more than the %" PRIu64 " bytes that were announced",
                         inflate->size);
    if (code == Z_STREAM_END && inflate->made < inflate->size)
        return fault_set(in->fault, FAULT_PROTOCOL,
                         "inflate: the stream ends after %" PRIu64 " bytes, %" PRIu64
                         " were announced",
                         inflate->made, inflate->size);
    return code == Z_STREAM_END ? 0 : code == Z_OK ? 1 : refused(inflate, code);
}

int inflate_read(struct inflate *inflate, unsigned char *out, size_t capacity, size_t *got)
{
    unsigned char spill;
    uInt made;
    int rc;
    *got = 0;
    do {
        uint64_t left = inflate->size - inflate->made, room = capacity - *got;
        rc = left ? more(inflate, out + *got, room < left ? room : left, Z_NO_FLUSH, &made)
                  : more(inflate, &spill, 1, Z_NO_FLUSH, &made);
        *got += left ? made : 0;
    } while (rc == 1 && (*got < capacity || inflate->made == inflate->size));
    return rc;
}

/* With Z_FINISH and room for all, zlib needs no copy of the result in its window; with room beyond
 * that, its fast loop (258 bytes at a time) goes on to the end. */
int inflate_whole(struct inflate *inflate, struct reader *in, unsigned char *out, uint64_t size)
{
    uInt made;
    int rc;
    inflate_begin(inflate, in, size);
    do
        rc = more(inflate, out + inflate->made, size + INFLATE_SLACK - inflate->made, Z_FINISH,
                  &made);
    while (rc == 1);
    return rc;
}

uint32_t inflate_crc(uint32_t crc, const void *bytes, size_t size)
{
    return (uint32_t)crc32_z(crc, bytes, size);
}

const char *inflate_version(void)
{
    return "zlib " ZLIB_VERSION;
}
