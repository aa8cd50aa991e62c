/* SPDX-License-Identifier: MIT */
#include "objects/odb.h"

#include "objects/bodies.h"
#include "objects/entry_types.h"
#include "objects/loose.h"
#include "objects/packset.h"
#include "proto/delta.h"
#include "proto/object.h"
#include "system/fs.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A chain of deltas is made again for each file that is checked out, where its base was not kept:
 * for each byte wanted REMADE_RATIO, which is more than git's depth of 50 needs, and REMADE_FLOOR
 * besides. */
#define REMADE_FLOOR ((uint64_t)4 << 30)
enum { REMADE_RATIO = 64 };

enum {
    WHOLE_MAX = 2 * 1024 * 1024, /* bytes of a blob in memory; larger ones live in scratch files */
    WHOLE_MIN = 256 * 1024,      /* and of what stays in memory however small the cache is */
    CACHE_SLOTS = 4096,
    ABBREVIATION_MIN = 7,
    OPEN_TRIES = 10
};

struct odb {
    struct entries entries; /* numbered by place_number() */
    struct packset packs;
    struct bodies bodies;
    int git_dir;         /* borrowed */
    uint64_t given;      /* bytes of objects that were asked for */
    struct buffer *read; /* what the last odb_read() gave */
    struct oid empty;    /* the empty tree, which git has without storing it */
    struct fault *fault;
    struct odb *also; /* borrowed, or NULL */
    bool twin;        /* `packs` is another one's */
    struct entry_types types;
};

static int open_entry(struct entries *entries, uint64_t number, struct file_reader *in,
                      struct pack_entry *entry)
{
    struct place place = place_numbered(number);
    return packset_entry(&((struct odb *)entries)->packs, &place, in, entry);
}

static int find_base(struct entries *entries, uint64_t number, uint64_t *base,
                     struct file_reader *in, struct pack_entry *entry)
{
    const struct packset *packs = &((struct odb *)entries)->packs;
    struct place place = place_numbered(number);
    if (packset_entry(packs, &place, in, entry) < 0)
        return -1;
    if (!pack_is_delta(entry->type))
        return 0;
    if (packset_base(packs, &place, entry, &place) < 0)
        return -1;
    *base = place_number(&place);
    return 1;
}

static struct odb *allocate(struct fault *fault)
{
    struct odb *odb = calloc(1, sizeof *odb);
    if (odb == NULL) {
        fault_set(fault, FAULT_LIMIT, "no memory to read objects with");
        return NULL;
    }
    odb->entries = (struct entries){.open = open_entry, .base = find_base};
    odb->fault = fault;
    return odb;
}

static int open_bodies(struct odb *odb, size_t cache)
{
    size_t whole = cache / 4 > WHOLE_MAX ? WHOLE_MAX : cache / 4;
    if (bodies_open(&odb->bodies, odb->packs.dir, cache, CACHE_SLOTS, odb->fault) < 0)
        return -1;
    odb->bodies.whole_max = whole > WHOLE_MIN ? whole : WHOLE_MIN;
    return 0;
}

struct odb *odb_open(int git_dir, const struct hash_ops *hash, size_t cache, struct fault *fault)
{
    struct odb *odb = allocate(fault);
    if (odb == NULL)
        return NULL;
    odb->git_dir = git_dir;
    object_name(hash, OBJECT_TREE, "", 0, &odb->empty);
    if (packset_open(&odb->packs, git_dir, hash->oid_len, fault) == 0 &&
        open_bodies(odb, cache) == 0)
        return odb;
    odb_close(odb);
    return NULL;
}

struct odb *odb_twin(const struct odb *odb, struct fault *fault)
{
    struct odb *twin = allocate(fault);
    if (twin == NULL)
        return NULL;
    twin->packs = odb->packs;
    twin->packs.fault = fault;
    twin->twin = true;
    int rc = odb->bodies.large_most > 1
                 ? open_bodies(twin, odb->bodies.cache.budget / 2)
                 : fault_set(fault, FAULT_LIMIT, "too few descriptors to read packs twice");
    if (rc == 0)
        return twin;
    odb_close(twin);
    return NULL;
}

struct odb *odb_open_shared(int git_dir, const struct hash_ops *hash, size_t cache,
                            struct fault *fault)
{
    struct odb *odb = odb_open(git_dir, hash, cache, fault);
    for (int tries = 1; odb == NULL && fault->class == FAULT_LOCAL && tries < OPEN_TRIES; tries++) {
        fault_clear(fault);
        odb = odb_open(git_dir, hash, cache, fault);
    }
    return odb;
}

void odb_close(struct odb *odb)
{
    if (odb == NULL)
        return;
    buffer_drop(odb->read);
    bodies_close(&odb->bodies);
    if (!odb->twin)
        packset_close(&odb->packs);
    entry_types_close(&odb->types);
    free(odb);
}

bool odb_where(struct odb *odb, const struct oid *oid, struct place *place)
{
    return packset_find(&odb->packs, oid, place);
}

void odb_also(struct odb *odb, struct odb *also)
{
    odb->also = also;
}

/* ODB, or the one beside it that has OID. */
static struct odb *holder(struct odb *odb, const struct oid *oid)
{
    struct place place;
    return odb->also && packset_find(&odb->also->packs, oid, &place) ? odb->also : odb;
}

bool odb_has(struct odb *odb, const struct oid *oid)
{
    struct place place;
    return holder(odb, oid) != odb || packset_find(&odb->packs, oid, &place) ||
           loose_has(odb->git_dir, oid) ||
           (packset_again(&odb->packs, false) && packset_find(&odb->packs, oid, &place));
}

/* Whether OID, which has no file of its own, is in a pack that has come since: gc removes a file
 * when its object is in a pack. */
static bool is_packed_now(struct odb *odb, const struct oid *oid, struct place *out)
{
    if (!packset_again(&odb->packs, true) || !packset_find(&odb->packs, oid, out))
        return false;
    fault_clear(odb->fault);
    return true;
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

static int build(struct odb *odb, const struct place *place, enum object_type *type,
                 struct body *out)
{
    odb->entries.count = odb->packs.packs[place->pack].idx.count;
    odb->bodies.remade.most = REMADE_FLOOR + REMADE_RATIO * odb->given;
    if (bodies_build(&odb->bodies, &odb->entries, place_number(place), type, out) < 0)
        return -1;
    odb->given += out->size;
    return 0;
}

int odb_type(struct odb *odb, const struct oid *oid, enum object_type *type)
{
    struct place place;
    struct fault ignored;
    uint64_t size;
    odb = holder(odb, oid);
    fault_clear(&ignored);
    if (!packset_find(&odb->packs, oid, &place)) {
        int rc = loose_size(odb->git_dir, odb->bodies.inflate, oid, type, &size, &ignored);
        if (rc <= 0)
            return rc < 0 ? -1 : 1;
        if (!packset_again(&odb->packs, false) || !packset_find(&odb->packs, oid, &place))
            return 0;
    }
    struct packset packs = odb->packs;
    packs.fault = &ignored;
    *type = entry_types_find(&odb->types, &packs, place);
    return *type == OBJECT_NONE ? -1 : 1;
}

/* The size that a delta announces for its result stands in its first bytes. */
static int delta_size(struct odb *odb, struct reader *in, uint64_t size, uint64_t *out)
{
    unsigned char head[20];
    size_t got;
    inflate_begin(odb->bodies.inflate, in, size);
    if (inflate_read(odb->bodies.inflate, head, sizeof head, &got) < 0)
        return -1;
    return delta_result_size(head, got, out, odb->fault);
}

/* The size of what the entry at PLACE stands for; its type, or OBJECT_NONE for a delta. */
static int look(struct odb *odb, const struct place *place, enum object_type *type, uint64_t *size)
{
    struct pack_entry entry;
    if (packset_entry(&odb->packs, place, &odb->bodies.in, &entry) < 0)
        return -1;
    *type = entry.type;
    *size = entry.size;
    if (!pack_is_delta(entry.type))
        return 0;
    *type = OBJECT_NONE;
    return delta_size(odb, &odb->bodies.in.reader, entry.size, size) < 0 ? in_entry(odb, place) : 0;
}

int odb_size_at(struct odb *odb, const struct oid *oid, const struct place *place,
                enum object_type *type, uint64_t *size)
{
    return look(odb, place, type, size) < 0 ? in_object(odb, oid) : 0;
}

int odb_size(struct odb *odb, const struct oid *oid, enum object_type *type, uint64_t *size)
{
    struct place place;
    odb = holder(odb, oid);
    if (!packset_find(&odb->packs, oid, &place)) {
        int rc = loose_size(odb->git_dir, odb->bodies.inflate, oid, type, size, odb->fault);
        if (rc != 1 || !is_packed_now(odb, oid, &place))
            return rc ? -1 : 0;
    }
    return odb_size_at(odb, oid, &place, type, size);
}

/* Bodies over MAX are refused before they are built. */
static int check_size(struct odb *odb, const struct place *place, size_t max)
{
    enum object_type type;
    uint64_t size;
    if (look(odb, place, &type, &size) < 0)
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
    odb = holder(odb, oid);
    buffer_drop(odb->read);
    odb->read = NULL;
    if (oid_equal(oid, &odb->empty) && !odb_has(odb, oid)) {
        *type = OBJECT_TREE;
        *bytes = (const unsigned char *)"";
        *size = 0;
        return 0;
    }
    if (!packset_find(&odb->packs, oid, &place)) {
        int rc =
            loose_read(odb->git_dir, odb->bodies.inflate, oid, max, type, &odb->read, odb->fault);
        if (rc == 0) {
            *bytes = odb->read->bytes;
            *size = odb->read->size;
            return 0;
        }
        if (rc != 1 || !is_packed_now(odb, oid, &place))
            return -1;
    }
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
static int stream_entry(struct odb *odb, const struct place *place, uint64_t size,
                        int (*piece)(void *, const unsigned char *, size_t), void *context)
{
    int rc;
    inflate_begin(odb->bodies.inflate, &odb->bodies.in.reader, size);
    do {
        size_t got;
        rc = inflate_read(odb->bodies.inflate, odb->bodies.piece, BODY_PIECE, &got);
        if (rc < 0)
            return in_entry(odb, place);
        if (piece(context, odb->bodies.piece, got) < 0)
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
        size_t take = left < BODY_PIECE ? (size_t)left : BODY_PIECE;
        if (body_read(body, done, odb->bodies.piece, take, odb->fault) < 0 ||
            piece(context, odb->bodies.piece, take) < 0)
            return -1;
        done += take;
    }
    return 0;
}

int odb_stream_at(struct odb *odb, const struct oid *oid, const struct place *place,
                  enum object_type *type,
                  int (*piece)(void *context, const unsigned char *bytes, size_t size),
                  void *context)
{
    struct pack_entry entry;
    struct body body;
    if (packset_entry(&odb->packs, place, &odb->bodies.in, &entry) < 0)
        return in_object(odb, oid);
    if (entry.type == OBJECT_BLOB && entry.size > WHOLE_MAX) {
        *type = OBJECT_BLOB;
        return stream_entry(odb, place, entry.size, piece, context) < 0 ? in_object(odb, oid) : 0;
    }
    if (build(odb, place, type, &body) < 0)
        return in_object(odb, oid);
    int rc = stream_body(odb, &body, piece, context);
    body_drop(&body);
    return rc;
}

int odb_stream(struct odb *odb, const struct oid *oid, enum object_type *type,
               int (*piece)(void *context, const unsigned char *bytes, size_t size), void *context)
{
    struct place place;
    odb = holder(odb, oid);
    if (!packset_find(&odb->packs, oid, &place)) {
        int rc =
            loose_stream(odb->git_dir, odb->bodies.inflate, oid, type, piece, context, odb->fault);
        if (rc != 1 || !is_packed_now(odb, oid, &place))
            return rc ? -1 : 0;
    }
    return odb_stream_at(odb, oid, &place, type, piece, context);
}

unsigned odb_abbreviation(struct odb *odb, const struct oid *oid)
{
    unsigned digits = loose_shared(odb->git_dir, oid), bits = 1, least;
    uint64_t count = 0;
    for (uint32_t i = 0; i < odb->packs.count; i++) {
        unsigned shared = packidx_shared(&odb->packs.packs[i].idx, oid);
        digits = shared > digits ? shared : digits;
        count += odb->packs.packs[i].idx.count;
    }
    /* Of 2^n objects two have the same first n / 2 hexadecimal digits: by chance, once. */
    while (bits < 64 && count >> bits)
        bits++;
    least = (bits + 1) / 2 > ABBREVIATION_MIN ? (bits + 1) / 2 : ABBREVIATION_MIN;
    return digits + 1 > least ? digits + 1 : least;
}

static size_t add_candidate(const struct oid *oid, struct oid *found, size_t count, size_t most)
{
    for (size_t i = 0; i < count; i++)
        if (oid_equal(&found[i], oid))
            return count;
    if (count < most)
        found[count++] = *oid;
    return count;
}

static size_t list_candidates(struct odb *odb, const char *hex, struct oid *found, size_t most)
{
    char whole[OID_HEX];
    size_t digits = strlen(hex), count = 0, oid_len = odb->packs.oid_len;
    struct oid first = {.len = 0}, oid;
    snprintf(whole, sizeof whole, "%.*s%0*d", (int)digits, hex, (int)(2 * oid_len - digits), 0);
    if (digits >= 2 * oid_len || oid_parse(whole, 2 * oid_len, &first) < 0)
        return 0;
    for (uint32_t i = 0; i < odb->packs.count; i++)
        for (uint32_t n = packidx_from(&odb->packs.packs[i].idx, &first);
             n < odb->packs.packs[i].idx.count; n++) {
            oid = packidx_oid(&odb->packs.packs[i].idx, n);
            if (oid_shared(&oid, &first) < digits)
                break;
            count = add_candidate(&oid, found, count, most);
        }
    for (void *at = NULL; loose_next(odb->git_dir, &first, (unsigned)digits, &at, &oid);)
        count = add_candidate(&oid, found, count, most);
    return count;
}

size_t odb_candidates(struct odb *odb, const char *hex, struct oid *found, size_t most)
{
    size_t count = list_candidates(odb, hex, found, most);
    if (count == 0 && packset_again(&odb->packs, true))
        count = list_candidates(odb, hex, found, most);
    return count;
}
