/* SPDX-License-Identifier: MIT */
#include "objects/bodies.h"

#include "proto/delta.h"
#include "proto/pack.h"
#include "system/disk_space.h"
#include "system/file.h"
#include "system/fs.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void body_drop(struct body *body)
{
    if (body->whole == NULL && body->scratch >= 0)
        close(body->scratch);
    buffer_drop(body->whole);
    *body = (struct body){.scratch = -1};
}

int body_read(const struct body *body, uint64_t offset, unsigned char *out, size_t size,
              struct fault *fault)
{
    if (body->whole == NULL)
        return fs_pread(body->scratch, out, size, offset, "a scratch file", fault);
    memcpy(out, body->whole->bytes + offset, size);
    return 0;
}

int rebuild_open(struct rebuild *rebuild, struct arrivals *table, struct spool *tap,
                 int scratch_dir, size_t cache, uint32_t cache_slots, struct fault *fault)
{
    *rebuild = (struct rebuild){
        .tap = tap,
        .scratch_dir = scratch_dir,
        .oid_len = table->oid_len,
        .table = table,
        .last = {.scratch = -1},
        .last_number = OBJTABLE_NONE,
        .linked_max = REBUILD_LINKED_MAX,
        .fault = fault,
    };
    if (basecache_open(&rebuild->cache, cache_slots, cache, fault) < 0)
        return -1;
    rebuild->whole = whole_open();
    rebuild->room = malloc(INFLATE_ROOM);
    rebuild->piece = malloc(REBUILD_PIECE);
    if (rebuild->room == NULL || rebuild->piece == NULL)
        return fault_set(fault, FAULT_LIMIT, "no memory to inflate with");
    rebuild->inflate = inflate_open(rebuild->room, INFLATE_ROOM, fault);
    return rebuild->inflate ? 0 : -1;
}

void rebuild_close(struct rebuild *rebuild)
{
    basecache_close(&rebuild->cache);
    body_drop(&rebuild->last);
    bufferpool_close(&rebuild->pool);
    whole_close(rebuild->whole);
    free(rebuild->chain);
    free(rebuild->piece);
    free(rebuild->room);
}

size_t rebuild_max(const struct rebuild *rebuild, enum object_type type)
{
    return type == OBJECT_BLOB ? rebuild->whole_max : rebuild->linked_max;
}

/* A body of SIZE bytes to be filled: in memory (and SLACK) up to MAX, else an empty scratch file.
 */
static int body_make(struct rebuild *rebuild, uint64_t size, size_t max, size_t slack,
                     struct body *out)
{
    struct body body = {.size = size, .scratch = -1};
    struct disk_space space;
    if (size <= max) {
        body.whole = buffer_make(&rebuild->pool, (size_t)size, slack, rebuild->fault);
        if (body.whole == NULL)
            return -1;
        *out = body;
        return 0;
    }
    disk_space_open(&space, rebuild->scratch_dir);
    disk_space_add(&space, size);
    if (disk_space_check(&space, "a large object", rebuild->fault) < 0)
        return -1;
    body.scratch = fs_scratch(rebuild->scratch_dir, rebuild->fault);
    if (body.scratch < 0)
        return -1;
    *out = body;
    return 0;
}

static int inflate_to_scratch(struct rebuild *rebuild, struct reader *in, struct body *body)
{
    int rc;
    inflate_begin(rebuild->inflate, in, body->size);
    do {
        size_t got;
        rc = inflate_read(rebuild->inflate, rebuild->piece, REBUILD_PIECE, &got);
        if (rc < 0 || fs_put(body->scratch, rebuild->piece, got, "a scratch file", in->fault) < 0)
            return -1;
    } while (rc == 1);
    return 0;
}

static int inflate_in_memory(struct rebuild *rebuild, struct reader *in, unsigned char *out,
                             uint64_t size)
{
    if (whole_inflate(rebuild->whole, in, out, size))
        return 0;
    return inflate_whole(rebuild->inflate, in, out, size);
}

int rebuild_inflate(struct rebuild *rebuild, struct reader *in, uint64_t size, size_t max,
                    struct body *out)
{
    struct body body;
    if (body_make(rebuild, size, max, INFLATE_SLACK, &body) < 0)
        return -1;
    int rc = body.whole ? inflate_in_memory(rebuild, in, body.whole->bytes, size)
                        : inflate_to_scratch(rebuild, in, &body);
    if (rc < 0)
        body_drop(&body);
    else
        *out = body;
    return rc;
}

static int too_large(struct rebuild *rebuild, const struct body *base, const struct body *delta,
                     uint64_t size, enum object_type type)
{
    if (type != OBJECT_BLOB && size > rebuild->linked_max)
        return fault_set(rebuild->fault, FAULT_LIMIT,
                         "a %s of %" PRIu64 " bytes; at most %zu are taken", pack_type_name(type),
                         size, rebuild->linked_max);
    if (size > REBUILD_BOMB_FLOOR && size / REBUILD_BOMB_RATIO > base->size + delta->size)
        return fault_set(rebuild->fault, FAULT_LIMIT,
                         "a delta of %" PRIu64 " bytes that makes %" PRIu64
                         " out of a base of %" PRIu64,
                         delta->size, size, base->size);
    return 0;
}

/* One instruction's bytes, appended to OUT at byte AT. */
static int carry_out(struct rebuild *rebuild, const struct delta *delta, const struct body *base,
                     struct body *out, uint64_t at)
{
    for (uint64_t done = 0; done < delta->size;) {
        uint64_t left = delta->size - done;
        size_t take = left < REBUILD_PIECE ? (size_t)left : REBUILD_PIECE;
        unsigned char *to = out->whole ? out->whole->bytes + at + done : rebuild->piece;
        int rc = delta->kind == DELTA_COPY
                     ? body_read(base, delta->offset + done, to, take, rebuild->fault)
                     : reader_read(delta->in, to, take);
        if (rc < 0)
            return -1;
        if (!out->whole && fs_put(out->scratch, to, take, "a scratch file", rebuild->fault) < 0)
            return -1;
        done += take;
    }
    return 0;
}

static int apply_large(struct rebuild *rebuild, struct reader *in, const struct body *base,
                       struct body *out)
{
    struct delta delta;
    int rc = delta_open(&delta, in, base->size);
    while (rc == 0 && (rc = delta_next(&delta)) == 1)
        rc = carry_out(rebuild, &delta, base, out, delta.made - delta.size);
    return rc;
}

static int apply(struct rebuild *rebuild, const struct body *base, const struct body *delta,
                 struct body *out)
{
    struct file_reader in;
    if (base->whole && delta->whole && out->whole)
        return delta_apply(delta->whole->bytes, delta->whole->size, base->whole->bytes,
                           base->whole->size, out->whole->bytes, out->whole->size, rebuild->fault);
    if (delta->whole)
        reader_memory(&in.reader, delta->whole->bytes, delta->whole->size, "delta", rebuild->fault);
    else
        file_read_open(&in, delta->scratch, 0, delta->size, "delta", rebuild->fault);
    return apply_large(rebuild, &in.reader, base, out);
}

/* What DELTA says its result's size is. Twenty bytes hold both of its sizes. */
static int result_size(struct rebuild *rebuild, const struct body *delta, uint64_t *out)
{
    unsigned char head[20];
    size_t size = delta->size < sizeof head ? (size_t)delta->size : sizeof head;
    if (body_read(delta, 0, head, size, rebuild->fault) < 0)
        return -1;
    return delta_result_size(head, size, out, rebuild->fault);
}

int rebuild_apply(struct rebuild *rebuild, const struct body *base, const struct body *delta,
                  enum object_type type, struct body *out)
{
    uint64_t size;
    struct body body;
    if (result_size(rebuild, delta, &size) < 0 || too_large(rebuild, base, delta, size, type) < 0 ||
        body_make(rebuild, size, rebuild_max(rebuild, type), 0, &body) < 0)
        return -1;
    int rc = apply(rebuild, base, delta, &body);
    if (rc < 0)
        body_drop(&body);
    else
        *out = body;
    return rc;
}

void rebuild_keep(struct rebuild *rebuild, uint32_t number, const struct body *body)
{
    if (body->whole) {
        basecache_put(&rebuild->cache, number, body->whole);
        return;
    }
    if (number == rebuild->last_number)
        return;
    int copy = fcntl(body->scratch, F_DUPFD_CLOEXEC, 0);
    if (copy < 0)
        return; /* it is only a cache */
    body_drop(&rebuild->last);
    rebuild->last = (struct body){.size = body->size, .scratch = copy};
    rebuild->last_number = number;
}

static bool kept(struct rebuild *rebuild, uint32_t number, struct body *out)
{
    struct buffer *whole = basecache_get(&rebuild->cache, number);
    if (whole) {
        *out = (struct body){.size = whole->size, .whole = whole, .scratch = -1};
        return true;
    }
    if (number != rebuild->last_number)
        return false;
    int copy = fcntl(rebuild->last.scratch, F_DUPFD_CLOEXEC, 0);
    if (copy < 0)
        return false;
    *out = (struct body){.size = rebuild->last.size, .scratch = copy};
    return true;
}

static int charge(struct rebuild *rebuild, uint64_t size)
{
    rebuild->again += size;
    if (rebuild->again / REBUILD_AGAIN_RATIO > rebuild->received + REBUILD_BOMB_FLOOR)
        return fault_set(rebuild->fault, FAULT_LIMIT,
                         "its deltas lie so that %" PRIu64
                         " bytes had to be inflated again for %" PRIu64 " received",
                         rebuild->again, rebuild->received);
    return 0;
}

/* Inflates entry NUMBER again, out of the pack's file. */
static int read_back(struct rebuild *rebuild, uint32_t number, size_t max, struct body *out)
{
    struct file_reader in;
    struct pack_entry entry;
    const struct arrivals *table = rebuild->table;
    uint64_t offset = arrival_offset(&table->arrivals[number]);
    if (spool_flush(rebuild->tap) < 0)
        return -1;
    uint64_t end = number + 1 < table->arrived ? arrival_offset(&table->arrivals[number + 1])
                                               : rebuild->tap->written;
    file_read_open(&in, rebuild->tap->fd, offset, end, "pack", rebuild->fault);
    if (pack_read_entry(&in.reader, offset, rebuild->oid_len, &entry) < 0 ||
        charge(rebuild, entry.size) < 0 ||
        rebuild_inflate(rebuild, &in.reader, entry.size, max, out) < 0)
        return fault_wrap(rebuild->fault, "reading back byte %" PRIu64, offset);
    return 0;
}

int rebuild_delta(struct rebuild *rebuild, uint32_t number, struct body *out)
{
    return read_back(rebuild, number, rebuild->whole_max, out);
}

static int chain_push(struct rebuild *rebuild, uint32_t depth, uint32_t number)
{
    if (depth == rebuild->chain_room) {
        uint32_t room = depth ? depth * 2 : 64;
        uint32_t *chain = realloc(rebuild->chain, room * sizeof *chain);
        if (chain == NULL)
            return fault_set(rebuild->fault, FAULT_LIMIT, "no memory for a chain of %u deltas",
                             room);
        rebuild->chain = chain;
        rebuild->chain_room = room;
    }
    rebuild->chain[depth] = number;
    return 0;
}

/* Applies the delta of NUMBER to BODY, which becomes the result. */
static int climb(struct rebuild *rebuild, uint32_t number, enum object_type type, struct body *body)
{
    struct body delta, next;
    if (rebuild_delta(rebuild, number, &delta) < 0)
        return -1;
    int rc = rebuild_apply(rebuild, body, &delta, type, &next);
    body_drop(&delta);
    if (rc < 0)
        return -1;
    body_drop(body);
    *body = next;
    rebuild_keep(rebuild, number, body);
    return 0;
}

int rebuild_body(struct rebuild *rebuild, uint32_t number, struct body *out)
{
    const struct arrival *arrivals = rebuild->table->arrivals;
    enum object_type type = arrival_type(&arrivals[number]);
    struct body body;
    uint32_t depth = 0, at = number;
    while (!kept(rebuild, at, &body)) {
        if (arrivals[at].base == OBJTABLE_NONE) {
            if (read_back(rebuild, at, rebuild_max(rebuild, type), &body) < 0)
                return -1;
            rebuild_keep(rebuild, at, &body);
            break;
        }
        if (chain_push(rebuild, depth++, at) < 0)
            return -1;
        at = arrivals[at].base;
    }
    while (depth > 0)
        if (climb(rebuild, rebuild->chain[--depth], type, &body) < 0) {
            body_drop(&body);
            return -1;
        }
    *out = body;
    return 0;
}
