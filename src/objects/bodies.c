/* SPDX-License-Identifier: MIT */
#include "objects/bodies.h"

#include "proto/delta.h"
#include "system/array.h"
#include "system/disk_space.h"
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

static void large_drop(struct bodies *bodies, struct large_body *large)
{
    if (large->type == OBJECT_NONE)
        return;
    bodies->large_bytes -= large->body.size;
    body_drop(&large->body);
    large->type = OBJECT_NONE;
}

int bodies_open(struct bodies *bodies, int scratch_dir, size_t cache, uint32_t slots,
                struct fault *fault)
{
    long descriptors = sysconf(_SC_OPEN_MAX);
    memset(bodies, 0, sizeof *bodies);
    bodies->scratch_dir = scratch_dir;
    bodies->linked_max = BODY_LINKED_MAX;
    bodies->large_most = descriptors < 48                    ? 1
                         : descriptors < 8 * BODY_LARGE_KEPT ? (unsigned)descriptors / 8
                                                             : BODY_LARGE_KEPT;
    bodies->made.most = bodies->remade.most = UINT64_MAX;
    bodies->fault = fault;
    if (basecache_open(&bodies->cache, slots, cache, fault) < 0)
        return -1;
    bodies->whole = whole_open();
    bodies->room = malloc(INFLATE_ROOM);
    bodies->piece = malloc(BODY_PIECE);
    if (bodies->room == NULL || bodies->piece == NULL)
        return fault_set(fault, FAULT_LIMIT, "no memory to inflate with");
    bodies->inflate = inflate_open(bodies->room, INFLATE_ROOM, fault);
    return bodies->inflate ? 0 : -1;
}

void bodies_close(struct bodies *bodies)
{
    basecache_close(&bodies->cache);
    for (unsigned i = 0; i < bodies->large_most; i++)
        large_drop(bodies, &bodies->large[i]);
    bufferpool_close(&bodies->pool);
    whole_close(bodies->whole);
    free(bodies->chain);
    free(bodies->piece);
    free(bodies->room);
}

size_t bodies_max(const struct bodies *bodies, enum object_type type)
{
    return type == OBJECT_BLOB ? bodies->whole_max : bodies->linked_max;
}

/* A body of SIZE bytes to be filled: in memory (and SLACK) up to MAX, else an empty scratch file.
 */
static int body_make(struct bodies *bodies, uint64_t size, size_t max, size_t slack,
                     struct body *out)
{
    struct body body = {.size = size, .scratch = -1};
    struct disk_space space;
    if (size <= max) {
        body.whole = buffer_make(&bodies->pool, (size_t)size, slack, bodies->fault);
        if (body.whole == NULL)
            return -1;
        if (body.whole->size > bodies->largest)
            bodies->largest = body.whole->size;
        *out = body;
        return 0;
    }
    disk_space_open(&space, bodies->scratch_dir);
    disk_space_add(&space, size);
    if (disk_space_check(&space, "a large object", bodies->fault) < 0)
        return -1;
    body.scratch = fs_scratch(bodies->scratch_dir, bodies->fault);
    if (body.scratch < 0)
        return -1;
    *out = body;
    return 0;
}

static int inflate_to_scratch(struct bodies *bodies, struct reader *in, struct body *body)
{
    int rc;
    inflate_begin(bodies->inflate, in, body->size);
    do {
        size_t got;
        rc = inflate_read(bodies->inflate, bodies->piece, BODY_PIECE, &got);
        if (rc < 0 || fs_put(body->scratch, bodies->piece, got, "a scratch file", in->fault) < 0)
            return -1;
    } while (rc == 1);
    return 0;
}

int bodies_inflate(struct bodies *bodies, struct reader *in, uint64_t size, size_t max,
                   struct body *out)
{
    struct body body;
    if (body_make(bodies, size, max, INFLATE_SLACK, &body) < 0)
        return -1;
    int rc = 0;
    if (body.whole == NULL)
        rc = inflate_to_scratch(bodies, in, &body);
    else if (!whole_inflate(bodies->whole, in, body.whole->bytes, size))
        rc = inflate_whole(bodies->inflate, in, body.whole->bytes, size);
    if (rc < 0)
        body_drop(&body);
    else
        *out = body;
    return rc;
}

static int too_large(struct bodies *bodies, const struct body *base, const struct body *delta,
                     uint64_t size, enum object_type type)
{
    if (type != OBJECT_BLOB && size > bodies->linked_max)
        return fault_set(bodies->fault, FAULT_LIMIT,
                         "a %s of %" PRIu64 " bytes; at most %zu are taken", pack_type_name(type),
                         size, bodies->linked_max);
    if (size > BODY_BOMB_FLOOR && size / BODY_BOMB_RATIO > base->size + delta->size)
        return fault_set(bodies->fault, FAULT_LIMIT,
                         "a delta of %" PRIu64 " bytes that makes %" PRIu64
                         " out of a base of %" PRIu64,
                         delta->size, size, base->size);
    return 0;
}

/* Copies what each instruction of the delta says, piece by piece. */
static int apply_large(struct bodies *bodies, struct reader *in, const struct body *base,
                       struct body *out)
{
    struct delta delta;
    int rc;
    if (delta_open(&delta, in, base->size) < 0)
        return -1;
    while ((rc = delta_next(&delta)) == 1) {
        uint64_t at = delta.made - delta.size;
        for (uint64_t done = 0; done < delta.size;) {
            uint64_t left = delta.size - done;
            size_t take = left < BODY_PIECE ? (size_t)left : BODY_PIECE;
            unsigned char *to = out->whole ? out->whole->bytes + at + done : bodies->piece;
            rc = delta.kind == DELTA_COPY
                     ? body_read(base, delta.offset + done, to, take, bodies->fault)
                     : reader_read(in, to, take);
            if (rc == 0 && !out->whole)
                rc = fs_put(out->scratch, to, take, "a scratch file", bodies->fault);
            if (rc < 0)
                return -1;
            done += take;
        }
    }
    return rc;
}

static int apply(struct bodies *bodies, const struct body *base, const struct body *delta,
                 struct body *out)
{
    struct file_reader in;
    if (base->whole && delta->whole && out->whole)
        return delta_apply(delta->whole->bytes, delta->whole->size, base->whole->bytes,
                           base->whole->size, out->whole->bytes, out->whole->size, bodies->fault);
    if (delta->whole)
        reader_memory(&in.reader, delta->whole->bytes, delta->whole->size, "delta", bodies->fault);
    else
        file_read_open(&in, delta->scratch, 0, delta->size, "delta", bodies->fault);
    return apply_large(bodies, &in.reader, base, out);
}

int bodies_delta_size(const struct bodies *bodies, const struct body *delta, uint64_t *out)
{
    unsigned char head[20]; /* both of its sizes */
    size_t size = delta->size < sizeof head ? (size_t)delta->size : sizeof head;
    if (body_read(delta, 0, head, size, bodies->fault) < 0)
        return -1;
    return delta_result_size(head, size, out, bodies->fault);
}

static int apply_within(struct bodies *bodies, struct body_budget *budget, const struct body *base,
                        const struct body *delta, enum object_type type, struct body *out)
{
    uint64_t size;
    struct body body;
    if (bodies_delta_size(bodies, delta, &size) < 0 ||
        too_large(bodies, base, delta, size, type) < 0)
        return -1;
    if (size > budget->most || budget->used > budget->most - size)
        return fault_set(bodies->fault, FAULT_LIMIT,
                         budget == &bodies->made ? "its deltas make more than %" PRIu64
                                                   " MiB of objects; --max-unpacked allows more"
                                                 : "its deltas lie so that over %" PRIu64
                                                   " MiB of their bases had to be made again",
                         budget->most >> 20);
    if (body_make(bodies, size, bodies_max(bodies, type), 0, &body) < 0)
        return -1;
    budget->used += size;
    int rc = apply(bodies, base, delta, &body);
    if (rc < 0)
        body_drop(&body);
    else
        *out = body;
    return rc;
}

int bodies_apply(struct bodies *bodies, const struct body *base, const struct body *delta,
                 enum object_type type, struct body *out)
{
    return apply_within(bodies, &bodies->made, base, delta, type, out);
}

/* Where the large body of entry NUMBER is; large_most: it is not kept. */
static unsigned large_find(const struct bodies *bodies, uint64_t number)
{
    unsigned i = 0;
    while (i < bodies->large_most &&
           (bodies->large[i].type == OBJECT_NONE || bodies->large[i].number != number))
        i++;
    return i;
}

/* A place for SIZE bytes more: the least recently used ones go. */
static struct large_body *large_place(struct bodies *bodies, uint64_t size)
{
    struct disk_space space;
    disk_space_open(&space, bodies->scratch_dir);
    uint64_t most = space.bytes_free / BODY_LARGE_SHARE;
    if (most > BODY_LARGE_BYTES)
        most = BODY_LARGE_BYTES;
    for (;;) {
        struct large_body *oldest = NULL, *none = NULL;
        for (unsigned i = 0; i < bodies->large_most; i++) {
            struct large_body *large = &bodies->large[i];
            if (large->type == OBJECT_NONE)
                none = large;
            else if (oldest == NULL || large->used < oldest->used)
                oldest = large;
        }
        if (none && (oldest == NULL || bodies->large_bytes + size <= most))
            return none;
        large_drop(bodies, oldest);
    }
}

static void large_keep(struct bodies *bodies, uint64_t number, enum object_type type,
                       const struct body *body)
{
    if (large_find(bodies, number) < bodies->large_most)
        return;
    int copy = fcntl(body->scratch, F_DUPFD_CLOEXEC, 0);
    if (copy < 0)
        return; /* it is only a cache */
    *large_place(bodies, body->size) =
        (struct large_body){{.size = body->size, .scratch = copy}, number, ++bodies->clock, type};
    bodies->large_bytes += body->size;
}

void bodies_keep(struct bodies *bodies, uint64_t number, enum object_type type,
                 const struct body *body)
{
    if (body->whole) {
        basecache_put(&bodies->cache, number, type, body->whole);
        return;
    }
    large_keep(bodies, number, type, body);
}

static bool kept(struct bodies *bodies, uint64_t number, enum object_type *type, struct body *out)
{
    struct buffer *whole = basecache_get(&bodies->cache, number, type);
    if (whole) {
        *out = (struct body){.size = whole->size, .whole = whole, .scratch = -1};
        return true;
    }
    unsigned at = large_find(bodies, number);
    if (at == bodies->large_most)
        return false;
    struct large_body *large = &bodies->large[at];
    int copy = fcntl(large->body.scratch, F_DUPFD_CLOEXEC, 0);
    if (copy < 0)
        return false;
    large->used = ++bodies->clock;
    *out = (struct body){.size = large->body.size, .scratch = copy};
    *type = large->type;
    return true;
}

bool bodies_has(const struct bodies *bodies, uint64_t number)
{
    return basecache_has(&bodies->cache, number) || large_find(bodies, number) < bodies->large_most;
}

static int in_entry(struct bodies *bodies, const struct pack_entry *entry)
{
    return fault_wrap(bodies->fault, "pack entry at byte %" PRIu64, entry->offset);
}

static int chain_push(struct bodies *bodies, size_t depth, uint64_t number)
{
    uint64_t *chain = array_room(bodies->chain, depth, &bodies->chain_room, sizeof *chain);
    if (chain == NULL)
        return fault_set(bodies->fault, FAULT_LIMIT, "no memory for a chain of %zu deltas", depth);
    bodies->chain = chain;
    bodies->chain[depth] = number;
    return 0;
}

/* Collects the deltas between NUMBER and the first base that is kept or no delta: that base is
 * *BODY, *DEPTH says how many deltas are to be applied to it. */
static int descend(struct bodies *bodies, struct entries *entries, uint64_t number, size_t *depth,
                   enum object_type *type, struct body *body)
{
    struct pack_entry entry;
    for (*depth = 0; !kept(bodies, number, type, body); ++*depth) {
        uint64_t base;
        int rc = entries->base(entries, number, &base, &bodies->in, &entry);
        if (rc < 0)
            return -1;
        if (rc == 0) {
            if (bodies_inflate(bodies, &bodies->in.reader, entry.size,
                               bodies_max(bodies, entry.type), body) < 0)
                return in_entry(bodies, &entry);
            *type = entry.type;
            bodies_keep(bodies, number, *type, body);
            return 0;
        }
        /* A pack that was checked when it came has no circles; one that was damaged since may. */
        if (*depth == entries->count)
            return fault_set(bodies->fault, FAULT_PROTOCOL, "its deltas go in circles");
        if (chain_push(bodies, *depth, number) < 0)
            return -1;
        number = base;
    }
    return 0;
}

/* Applies the delta of entry NUMBER to BODY, which becomes the result. */
static int climb(struct bodies *bodies, struct entries *entries, uint64_t number,
                 enum object_type type, struct body *body)
{
    struct pack_entry entry;
    struct body delta, next;
    if (entries->open(entries, number, &bodies->in, &entry) < 0)
        return -1;
    if (bodies_inflate(bodies, &bodies->in.reader, entry.size, bodies->whole_max, &delta) < 0)
        return in_entry(bodies, &entry);
    int rc = apply_within(bodies, &bodies->remade, body, &delta, type, &next);
    body_drop(&delta);
    if (rc < 0)
        return in_entry(bodies, &entry);
    body_drop(body);
    *body = next;
    bodies_keep(bodies, number, type, body);
    return 0;
}

int bodies_build(struct bodies *bodies, struct entries *entries, uint64_t number,
                 enum object_type *type, struct body *out)
{
    struct body body;
    size_t depth;
    if (descend(bodies, entries, number, &depth, type, &body) < 0)
        return -1;
    while (depth > 0)
        if (climb(bodies, entries, bodies->chain[--depth], *type, &body) < 0) {
            body_drop(&body);
            return -1;
        }
    *out = body;
    return 0;
}
