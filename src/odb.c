/* SPDX-License-Identifier: MIT */
#include "odb.h"

#include "delta.h"
#include "file.h"
#include "fs.h"
#include "packidx.h"
#include "rebuild.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    PACKS_MAX = 4096,            /* packs of one repository: a place's number has 12 bits for it */
    WHOLE_MAX = 2 * 1024 * 1024, /* bytes of a blob in memory; larger ones live in scratch files */
    CACHE_SLOTS = 4096
};

struct odb_pack {
    int fd;
    uint64_t size; /* bytes of the .pack */
    struct packidx idx;
    void *map;
    size_t map_size;
};

/* Where an object is: the number of its pack, and its offset there. */
struct place {
    uint32_t pack;
    uint64_t offset;
};

struct odb {
    int dir; /* objects/pack */
    size_t oid_len;
    struct odb_pack *packs;
    uint32_t count;
    struct objtable none; /* rebuild.h wants one */
    struct rebuild rebuild;
    uint64_t *chain; /* offsets of deltas to be applied */
    size_t chain_room;
    struct body body; /* of the last odb_read() */
    struct fault *fault;
};

static int map_idx(struct odb *odb, struct odb_pack *pack, const char *name)
{
    struct stat st;
    int fd = openat(odb->dir, name, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &st) < 0 || st.st_size <= 0 || (uint64_t)st.st_size > SIZE_MAX) {
        if (fd >= 0)
            close(fd);
        return fault_set(odb->fault, FAULT_LOCAL, "cannot read objects/pack/%s: %s", name,
                         strerror(errno));
    }
    pack->map_size = (size_t)st.st_size;
    pack->map = mmap(NULL, pack->map_size, PROT_READ, MAP_PRIVATE, fd, 0);
    close(fd);
    if (pack->map == MAP_FAILED) {
        pack->map = NULL;
        return fault_set(odb->fault, FAULT_LIMIT, "cannot map objects/pack/%s, %zu bytes: %s", name,
                         pack->map_size, strerror(errno));
    }
    return 0;
}

static int open_pack(struct odb *odb, struct odb_pack *pack, const char *idx_name)
{
    char name[256];
    struct stat st;
    size_t stem = strlen(idx_name) - strlen(".idx");
    snprintf(name, sizeof name, "%.*s.pack", (int)stem, idx_name);
    *pack = (struct odb_pack){.fd = openat(odb->dir, name, O_RDONLY | O_CLOEXEC)};
    if (pack->fd < 0 || fstat(pack->fd, &st) < 0)
        return fault_set(odb->fault, FAULT_LOCAL, "cannot read objects/pack/%s: %s", name,
                         strerror(errno));
    pack->size = (uint64_t)st.st_size;
    if (map_idx(odb, pack, idx_name) < 0)
        return -1;
    if (packidx_open(&pack->idx, pack->map, pack->map_size, odb->oid_len, pack->size, odb->fault) <
        0)
        return fault_wrap(odb->fault, "objects/pack/%s", idx_name);
    return 0;
}

static int add_pack(struct odb *odb, const char *name)
{
    if (odb->count == PACKS_MAX)
        return fault_set(odb->fault, FAULT_LIMIT, "more than %d packs", PACKS_MAX);
    struct odb_pack *packs = realloc(odb->packs, (odb->count + 1) * sizeof *packs);
    if (packs == NULL)
        return fault_set(odb->fault, FAULT_LIMIT, "no memory for %u packs", odb->count + 1);
    odb->packs = packs;
    return open_pack(odb, &packs[odb->count++], name);
}

static int open_packs(struct odb *odb)
{
    DIR *dir = fdopendir(dup(odb->dir));
    struct dirent *entry;
    int rc = 0;
    if (dir == NULL)
        return fault_set(odb->fault, FAULT_LOCAL, "cannot read objects/pack: %s", strerror(errno));
    rewinddir(dir);
    while (rc == 0 && (entry = readdir(dir)) != NULL) {
        size_t length = strlen(entry->d_name);
        if (length > 9 && length < 200 && strncmp(entry->d_name, "pack-", 5) == 0 &&
            strcmp(entry->d_name + length - 4, ".idx") == 0)
            rc = add_pack(odb, entry->d_name);
    }
    closedir(dir);
    return rc;
}

struct odb *odb_open(int git_dir, const struct hash_ops *hash, size_t cache, struct fault *fault)
{
    struct odb *odb = calloc(1, sizeof *odb);
    if (odb == NULL) {
        fault_set(fault, FAULT_LIMIT, "no memory to read objects with");
        return NULL;
    }
    odb->fault = fault;
    odb->oid_len = hash->oid_len;
    odb->body.scratch = odb->rebuild.last.scratch = -1;
    objtable_open(&odb->none, hash->oid_len, 0, fault);
    odb->dir = fs_open_dir(git_dir, "objects/pack", fault);
    if (odb->dir < 0 || open_packs(odb) < 0 ||
        rebuild_open(&odb->rebuild, &odb->none, NULL, odb->dir, cache, CACHE_SLOTS, fault) < 0) {
        odb_close(odb);
        return NULL;
    }
    odb->rebuild.whole_max = WHOLE_MAX;
    return odb;
}

void odb_close(struct odb *odb)
{
    if (odb == NULL)
        return;
    body_drop(&odb->body);
    rebuild_close(&odb->rebuild);
    for (uint32_t i = 0; i < odb->count; i++) {
        if (odb->packs[i].map)
            munmap(odb->packs[i].map, odb->packs[i].map_size);
        if (odb->packs[i].fd >= 0)
            close(odb->packs[i].fd);
    }
    free(odb->packs);
    free(odb->chain);
    if (odb->dir >= 0)
        close(odb->dir);
    free(odb);
}

bool odb_where(struct odb *odb, const struct oid *oid, uint32_t *pack, uint64_t *offset)
{
    uint32_t number;
    for (uint32_t i = 0; i < odb->count; i++)
        if (packidx_find(&odb->packs[i].idx, oid, &number)) {
            *pack = i;
            *offset = packidx_offset(&odb->packs[i].idx, number);
            return true;
        }
    return false;
}

bool odb_has(struct odb *odb, const struct oid *oid)
{
    struct place place;
    return odb_where(odb, oid, &place.pack, &place.offset);
}

static int find(struct odb *odb, const struct oid *oid, struct place *out)
{
    char hex[OID_HEX];
    if (odb_where(odb, oid, &out->pack, &out->offset))
        return 0;
    return fault_set(odb->fault, FAULT_PROTOCOL, "object %s is missing", oid_hex(oid, hex));
}

/* The entry at PLACE: its head, and IN at its zlib stream. */
static int open_entry(struct odb *odb, const struct place *place, struct file_reader *in,
                      struct pack_entry *entry)
{
    const struct odb_pack *pack = &odb->packs[place->pack];
    file_read_open(in, pack->fd, place->offset, pack->size - odb->oid_len, "pack", odb->fault);
    return pack_read_entry(&in->reader, place->offset, odb->oid_len, entry);
}

/* Where a delta's base is, in the same pack. */
static int base_of(struct odb *odb, const struct place *place, const struct pack_entry *entry,
                   struct place *base)
{
    uint32_t number;
    char hex[OID_HEX];
    base->pack = place->pack;
    if (entry->type == OBJECT_OFS_DELTA) {
        base->offset = entry->base_offset;
        return 0;
    }
    if (!packidx_find(&odb->packs[place->pack].idx, &entry->base, &number))
        return fault_set(odb->fault, FAULT_PROTOCOL,
                         "pack: base %s of the entry at byte %" PRIu64 " is missing",
                         oid_hex(&entry->base, hex), place->offset);
    base->offset = packidx_offset(&odb->packs[place->pack].idx, number);
    return 0;
}

static bool is_delta(enum object_type type)
{
    return type == OBJECT_OFS_DELTA || type == OBJECT_REF_DELTA;
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

/* A pack that was checked when it came has no cycles; one that was damaged since may. */
static int check_depth(struct odb *odb, const struct place *place, size_t depth)
{
    if (depth <= odb->packs[place->pack].idx.count)
        return 0;
    return fault_set(odb->fault, FAULT_PROTOCOL,
                     "pack: the deltas at byte %" PRIu64 " go in circles", place->offset);
}

static uint64_t key(const struct place *place)
{
    return (uint64_t)place->pack << 52 ^ place->offset;
}

static bool kept(struct odb *odb, const struct place *place, struct body *out)
{
    struct buffer *whole = basecache_get(&odb->rebuild.cache, key(place));
    if (whole)
        *out = (struct body){.size = whole->size, .whole = whole, .scratch = -1};
    return whole != NULL;
}

static void keep(struct odb *odb, const struct place *place, const struct body *body)
{
    if (body->whole)
        basecache_put(&odb->rebuild.cache, key(place), body->whole);
}

/* The cache knows bytes only: the type is found by walking on to the chain's end.
 *
 * Collects the deltas between PLACE and the first base that is kept or whole. *TYPE is the type at
 * the chain's end, *DEPTH how many deltas are to be applied to BODY. */
static int descend(struct odb *odb, struct place place, enum object_type *type, size_t *depth,
                   struct body *body)
{
    struct pack_entry entry;
    bool have = false;
    *depth = 0;
    for (size_t steps = 0;; steps++) {
        struct file_reader in;
        if (check_depth(odb, &place, steps) < 0)
            return -1;
        if (!have)
            have = kept(odb, &place, body);
        if (open_entry(odb, &place, &in, &entry) < 0)
            break;
        if (!is_delta(entry.type)) {
            *type = entry.type;
            if (have)
                return 0;
            if (rebuild_inflate(&odb->rebuild, &in.reader, entry.size,
                                rebuild_max(&odb->rebuild, entry.type), body) < 0)
                return -1;
            keep(odb, &place, body);
            return 0;
        }
        if (!have && chain_push(odb, (*depth)++, place.offset) < 0)
            return -1;
        if (base_of(odb, &place, &entry, &place) < 0)
            break;
    }
    if (have)
        body_drop(body);
    return -1;
}

/* Applies the delta at PLACE to BODY, which becomes the result. */
static int climb(struct odb *odb, const struct place *place, enum object_type type,
                 struct body *body)
{
    struct file_reader in;
    struct pack_entry entry;
    struct body delta, next;
    if (open_entry(odb, place, &in, &entry) < 0 ||
        rebuild_inflate(&odb->rebuild, &in.reader, entry.size, WHOLE_MAX, &delta) < 0)
        return -1;
    int rc = rebuild_apply(&odb->rebuild, body, &delta, type, &next);
    body_drop(&delta);
    if (rc < 0)
        return -1;
    body_drop(body);
    *body = next;
    keep(odb, place, body);
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

static int in_object(struct odb *odb, const struct oid *oid)
{
    char hex[OID_HEX];
    return fault_wrap(odb->fault, "object %s", oid_hex(oid, hex));
}

int odb_read(struct odb *odb, const struct oid *oid, size_t max, enum object_type *type,
             const unsigned char **bytes, size_t *size)
{
    struct place place;
    body_drop(&odb->body);
    if (find(odb, oid, &place) < 0)
        return -1;
    if (build(odb, &place, type, &odb->body) < 0)
        return in_object(odb, oid);
    if (odb->body.whole == NULL || odb->body.size > max) {
        fault_set(odb->fault, FAULT_LIMIT, "has %" PRIu64 " bytes, at most %zu are taken here",
                  odb->body.size, max);
        return in_object(odb, oid);
    }
    *bytes = odb->body.whole->bytes;
    *size = odb->body.whole->size;
    return 0;
}

/* A large blob that is no delta: inflated piece by piece. */
static int stream_entry(struct odb *odb, struct reader *in, uint64_t size,
                        int (*piece)(void *, const unsigned char *, size_t), void *context)
{
    int rc;
    inflate_begin(odb->rebuild.inflate, in, size);
    do {
        size_t got;
        rc = inflate_read(odb->rebuild.inflate, odb->rebuild.piece, REBUILD_PIECE, &got);
        if (rc < 0 || piece(context, odb->rebuild.piece, got) < 0)
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
    if (find(odb, oid, &place) < 0)
        return -1;
    if (open_entry(odb, &place, &in, &entry) < 0)
        return in_object(odb, oid);
    if (entry.type == OBJECT_BLOB && entry.size > WHOLE_MAX) {
        *type = OBJECT_BLOB;
        return stream_entry(odb, &in.reader, entry.size, piece, context);
    }
    if (build(odb, &place, type, &body) < 0)
        return in_object(odb, oid);
    int rc = stream_body(odb, &body, piece, context);
    body_drop(&body);
    return rc;
}

/* The size that a delta announces for its result stands in its first bytes. */
static int delta_size(struct odb *odb, struct reader *in, uint64_t size, uint64_t *out)
{
    unsigned char head[32];
    size_t got;
    inflate_begin(odb->rebuild.inflate, in, size);
    if (inflate_read(odb->rebuild.inflate, head, sizeof head, &got) < 0)
        return -1;
    return delta_result_size(head, got, out, odb->fault);
}

int odb_stat(struct odb *odb, const struct oid *oid, enum object_type *type, uint64_t *size)
{
    struct place place;
    if (find(odb, oid, &place) < 0)
        return -1;
    for (size_t steps = 0;; steps++) {
        struct file_reader in;
        struct pack_entry entry;
        if (check_depth(odb, &place, steps) < 0 || open_entry(odb, &place, &in, &entry) < 0)
            return in_object(odb, oid);
        if (steps == 0)
            *size = entry.size;
        if (!is_delta(entry.type)) {
            *type = entry.type;
            return 0;
        }
        if ((steps == 0 && delta_size(odb, &in.reader, entry.size, size) < 0) ||
            base_of(odb, &place, &entry, &place) < 0)
            return in_object(odb, oid);
    }
}
