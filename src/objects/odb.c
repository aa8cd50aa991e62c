/* SPDX-License-Identifier: MIT */
#include "objects/odb.h"

#include "objects/bodies.h"
#include "objects/packset.h"
#include "proto/delta.h"
#include "proto/object.h"
#include "system/fs.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
    WHOLE_MAX = 2 * 1024 * 1024, /* bytes of a blob in memory; larger ones live in scratch files */
    WHOLE_MIN = 64 * 1024,       /* and of what stays in memory however small the cache is */
    CACHE_SLOTS = 4096
};

struct odb {
    struct packset packs;
    struct arrivals none; /* objects/bodies.h wants one */
    struct rebuild rebuild;
    uint64_t *chain; /* offsets of deltas to be applied */
    size_t chain_room;
    struct body large; /* the last body that was too large for the cache */
    uint64_t large_key;
    struct buffer *read; /* what the last odb_read() gave */
    struct oid empty;    /* the empty tree, which git has without storing it */
    struct fault *fault;
};

struct odb *odb_open(int git_dir, const struct hash_ops *hash, size_t cache, struct fault *fault)
{
    struct odb *odb = calloc(1, sizeof *odb);
    if (odb == NULL) {
        fault_set(fault, FAULT_LIMIT, "no memory to read objects with");
        return NULL;
    }
    odb->fault = fault;
    object_name(hash, OBJECT_TREE, "", 0, &odb->empty);
    odb->large.scratch = odb->rebuild.last.scratch = -1;
    arrivals_open(&odb->none, hash->oid_len, 0, fault);
    if (packset_open(&odb->packs, git_dir, hash->oid_len, fault) < 0 ||
        rebuild_open(&odb->rebuild, &odb->none, NULL, odb->packs.dir, cache, CACHE_SLOTS, fault) <
            0) {
        odb_close(odb);
        return NULL;
    }
    odb->rebuild.whole_max = cache / 4 > WHOLE_MAX   ? WHOLE_MAX
                             : cache / 4 < WHOLE_MIN ? WHOLE_MIN
                                                     : cache / 4;
    return odb;
}

void odb_close(struct odb *odb)
{
    if (odb == NULL)
        return;
    buffer_drop(odb->read);
    body_drop(&odb->large);
    rebuild_close(&odb->rebuild);
    packset_close(&odb->packs);
    free(odb->chain);
    free(odb);
}

bool odb_where(struct odb *odb, const struct oid *oid, uint32_t *pack, uint64_t *offset)
{
    struct place place;
    if (!packset_find(&odb->packs, oid, &place))
        return false;
    *pack = place.pack;
    *offset = place.offset;
    return true;
}

bool odb_has(struct odb *odb, const struct oid *oid)
{
    struct place place;
    return packset_find(&odb->packs, oid, &place);
}

static int find(struct odb *odb, const struct oid *oid, struct place *out)
{
    char hex[OID_HEX];
    if (packset_find(&odb->packs, oid, out))
        return 0;
    return fault_set(odb->fault, FAULT_PROTOCOL, "object %s is missing", oid_hex(oid, hex));
}

static int in_object(struct odb *odb, const struct oid *oid)
{
    char hex[OID_HEX];
    return fault_wrap(odb->fault, "object %s", oid_hex(oid, hex));
}

static int in_entry(struct odb *odb, const struct place *place)
{
    return fault_wrap(odb->fault, "pack entry at byte %" PRIu64, place->offset);
}

static bool is_delta(enum object_type type)
{
    return type == OBJECT_OFS_DELTA || type == OBJECT_REF_DELTA;
}

/* A pack that was checked when it came has no cycles; one that was damaged since may. */
static int check_depth(struct odb *odb, const struct place *place, size_t depth)
{
    if (depth <= odb->packs.packs[place->pack].idx.count)
        return 0;
    return fault_set(odb->fault, FAULT_PROTOCOL,
                     "pack entry at byte %" PRIu64 ": its deltas go in circles", place->offset);
}

/* What a body is kept by. The type is part of it: whoever finds a base need not walk on to the end
 * of its chain to know what it is. Offsets are below 2^50, packs below 2^12. */
static uint64_t key(const struct place *place, enum object_type type)
{
    return (uint64_t)(type - OBJECT_COMMIT) << 62 | (uint64_t)place->pack << 50 | place->offset;
}

static void keep(struct odb *odb, const struct place *place, enum object_type type,
                 const struct body *body)
{
    if (body->whole) {
        basecache_put(&odb->rebuild.cache, key(place, type), body->whole);
        return;
    }
    int copy = fcntl(body->scratch, F_DUPFD_CLOEXEC, 0);
    if (copy < 0)
        return; /* it is only a cache */
    body_drop(&odb->large);
    odb->large = (struct body){.size = body->size, .scratch = copy};
    odb->large_key = key(place, type);
}

static bool kept_large(struct odb *odb, uint64_t wanted, struct body *out)
{
    if (odb->large.scratch < 0 || odb->large_key != wanted)
        return false;
    int copy = fcntl(odb->large.scratch, F_DUPFD_CLOEXEC, 0);
    *out = (struct body){.size = odb->large.size, .scratch = copy};
    return copy >= 0;
}

static bool kept(struct odb *odb, const struct place *place, enum object_type *type,
                 struct body *out)
{
    for (enum object_type t = OBJECT_COMMIT; t <= OBJECT_TAG; t++) {
        struct buffer *whole = basecache_get(&odb->rebuild.cache, key(place, t));
        if (whole)
            *out = (struct body){.size = whole->size, .whole = whole, .scratch = -1};
        if (whole || kept_large(odb, key(place, t), out)) {
            *type = t;
            return true;
        }
    }
    return false;
}

static int chain_push(struct odb *odb, size_t depth, uint64_t offset)
{
    if (depth == odb->chain_room) {
        size_t room = depth ? depth * 2 : 64;
        uint64_t *chain = realloc(odb->chain, room * sizeof *chain);
        if (chain == NULL)
            return fault_set(odb->fault, FAULT_LIMIT, "no memory for a chain of %zu deltas", room);
        odb->chain = chain;
        odb->chain_room = room;
    }
    odb->chain[depth] = offset;
    return 0;
}

/* Collects the deltas between PLACE and the first base that is kept or no delta; that base is
 * *BODY, *DEPTH says how many deltas are to be applied to it. */
static int descend(struct odb *odb, struct place place, enum object_type *type, size_t *depth,
                   struct body *body)
{
    for (*depth = 0; !kept(odb, &place, type, body);) {
        struct file_reader in;
        struct pack_entry entry;
        if (check_depth(odb, &place, *depth) < 0 ||
            packset_entry(&odb->packs, &place, &in, &entry) < 0)
            return -1;
        if (!is_delta(entry.type)) {
            if (rebuild_inflate(&odb->rebuild, &in.reader, entry.size,
                                rebuild_max(&odb->rebuild, entry.type), body) < 0)
                return in_entry(odb, &place);
            *type = entry.type;
            keep(odb, &place, *type, body);
            return 0;
        }
        if (chain_push(odb, (*depth)++, place.offset) < 0 ||
            packset_base(&odb->packs, &place, &entry, &place) < 0)
            return -1;
    }
    return 0;
}

/* Applies the delta at PLACE to BODY, which becomes the result. */
static int climb(struct odb *odb, const struct place *place, enum object_type type,
                 struct body *body)
{
    struct file_reader in;
    struct pack_entry entry;
    struct body delta, next;
    if (packset_entry(&odb->packs, place, &in, &entry) < 0)
        return -1;
    if (rebuild_inflate(&odb->rebuild, &in.reader, entry.size, WHOLE_MAX, &delta) < 0)
        return in_entry(odb, place);
    int rc = rebuild_apply(&odb->rebuild, body, &delta, type, &next);
    body_drop(&delta);
    if (rc < 0)
        return in_entry(odb, place);
    body_drop(body);
    *body = next;
    keep(odb, place, type, body);
    return 0;
}

static int build(struct odb *odb, const struct place *place, enum object_type *type,
                 struct body *out)
{
    struct body body;
    size_t depth;
    if (descend(odb, *place, type, &depth, &body) < 0)
        return -1;
    while (depth > 0) {
        struct place at = {place->pack, odb->chain[--depth]};
        if (climb(odb, &at, *type, &body) < 0) {
            body_drop(&body);
            return -1;
        }
    }
    *out = body;
    return 0;
}

/* The size that a delta announces for its result stands in its first bytes. */
static int delta_size(struct odb *odb, struct reader *in, uint64_t size, uint64_t *out)
{
    unsigned char head[20];
    size_t got;
    inflate_begin(odb->rebuild.inflate, in, size);
    if (inflate_read(odb->rebuild.inflate, head, sizeof head, &got) < 0)
        return -1;
    return delta_result_size(head, got, out, odb->fault);
}

/* The entry's own type, and the size of what it stands for. */
static int look(struct odb *odb, const struct place *place, struct file_reader *in,
                struct pack_entry *entry, uint64_t *size)
{
    if (packset_entry(&odb->packs, place, in, entry) < 0)
        return -1;
    *size = entry->size;
    if (is_delta(entry->type) && delta_size(odb, &in->reader, entry->size, size) < 0)
        return in_entry(odb, place);
    return 0;
}

int odb_stat(struct odb *odb, const struct oid *oid, enum object_type *type, uint64_t *size)
{
    struct place place;
    struct file_reader in;
    struct pack_entry entry;
    if (find(odb, oid, &place) < 0)
        return -1;
    if (look(odb, &place, &in, &entry, size) < 0)
        return in_object(odb, oid);
    for (size_t depth = 1; is_delta(entry.type); depth++)
        if (check_depth(odb, &place, depth) < 0 ||
            packset_base(&odb->packs, &place, &entry, &place) < 0 ||
            packset_entry(&odb->packs, &place, &in, &entry) < 0)
            return in_object(odb, oid);
    *type = entry.type;
    return 0;
}

/* Bodies over MAX are refused before they are built. */
static int check_size(struct odb *odb, const struct place *place, size_t max)
{
    struct file_reader in;
    struct pack_entry entry;
    uint64_t size;
    if (look(odb, place, &in, &entry, &size) < 0)
        return -1;
    if (size <= max)
        return 0;
    return fault_set(odb->fault, FAULT_LIMIT, "has %" PRIu64 " bytes, at most %zu are taken here",
                     size, max);
}

/* BODY's bytes in memory, wherever they were. */
static int load(struct odb *odb, struct body *body)
{
    if (body->whole)
        return 0;
    struct buffer *whole = buffer_make(NULL, (size_t)body->size, 0, odb->fault);
    if (whole == NULL)
        return -1;
    if (body_read(body, 0, whole->bytes, whole->size, odb->fault) < 0) {
        buffer_drop(whole);
        return -1;
    }
    body_drop(body);
    *body = (struct body){.size = whole->size, .whole = whole, .scratch = -1};
    return 0;
}

int odb_read(struct odb *odb, const struct oid *oid, size_t max, enum object_type *type,
             const unsigned char **bytes, size_t *size)
{
    struct place place;
    struct body body;
    buffer_drop(odb->read);
    odb->read = NULL;
    if (oid_equal(oid, &odb->empty) && !odb_has(odb, oid)) {
        *type = OBJECT_TREE;
        *bytes = (const unsigned char *)"";
        *size = 0;
        return 0;
    }
    if (find(odb, oid, &place) < 0)
        return -1;
    if (check_size(odb, &place, max) < 0 || build(odb, &place, type, &body) < 0)
        return in_object(odb, oid);
    if (load(odb, &body) < 0) {
        body_drop(&body);
        return in_object(odb, oid);
    }
    odb->read = body.whole;
    *bytes = body.whole->bytes;
    *size = body.whole->size;
    return 0;
}

/* A large blob that is no delta: inflated piece by piece. */
static int stream_entry(struct odb *odb, const struct place *place, struct file_reader *in,
                        uint64_t size, int (*piece)(void *, const unsigned char *, size_t),
                        void *context)
{
    int rc;
    inflate_begin(odb->rebuild.inflate, &in->reader, size);
    do {
        size_t got;
        rc = inflate_read(odb->rebuild.inflate, odb->rebuild.piece, REBUILD_PIECE, &got);
        if (rc < 0)
            return in_entry(odb, place);
        if (piece(context, odb->rebuild.piece, got) < 0)
            return -1;
    } while (rc == 1);
    return 0;
}

static int stream_body(struct odb *odb, const struct body *body,
                       int (*piece)(void *, const unsigned char *, size_t), void *context)
{
    if (body->whole)
        return piece(context, body->whole->bytes, body->whole->size);
    for (uint64_t done = 0; done < body->size;) {
        uint64_t left = body->size - done;
        size_t take = left < REBUILD_PIECE ? (size_t)left : REBUILD_PIECE;
        if (body_read(body, done, odb->rebuild.piece, take, odb->fault) < 0 ||
            piece(context, odb->rebuild.piece, take) < 0)
            return -1;
        done += take;
    }
    return 0;
}

int odb_stream(struct odb *odb, const struct oid *oid, enum object_type *type,
               int (*piece)(void *context, const unsigned char *bytes, size_t size), void *context)
{
    struct place place;
    struct file_reader in;
    struct pack_entry entry;
    struct body body;
    int rc;
    if (find(odb, oid, &place) < 0)
        return -1;
    if (packset_entry(&odb->packs, &place, &in, &entry) < 0)
        return in_object(odb, oid);
    if (entry.type == OBJECT_BLOB && entry.size > WHOLE_MAX) {
        *type = OBJECT_BLOB;
        return stream_entry(odb, &place, &in, entry.size, piece, context) < 0 ? in_object(odb, oid)
                                                                              : 0;
    }
    if (build(odb, &place, type, &body) < 0)
        return in_object(odb, oid);
    rc = stream_body(odb, &body, piece, context);
    body_drop(&body);
    return rc;
}
