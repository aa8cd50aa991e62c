/* SPDX-License-Identifier: MIT */
#include "namer.h"

#include "object.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SEEN_LEAST = 256, SEEN_MOST = 8192 }; /* links remembered: 8 to 300 KB */

struct namer_seen {
    unsigned char id[OID_MAX];
    unsigned char type;
};

int namer_open(struct namer *namer, const struct hash_ops *ops, struct objtable *table,
               const struct oid *shallow, size_t shallow_count, struct fault *fault)
{
    *namer = (struct namer){
        .ops = ops,
        .table = table,
        .shallow = shallow,
        .shallow_count = shallow_count,
        .seen_count = SEEN_LEAST,
        .fault = fault,
    };
    while (namer->seen_count < SEEN_MOST && namer->seen_count < table->announced / 4)
        namer->seen_count *= 2;
    namer->seen = calloc(namer->seen_count, sizeof *namer->seen);
    if (namer->seen == NULL)
        return fault_set(fault, FAULT_LIMIT, "no memory to name objects with");
    return 0;
}

void namer_close(struct namer *namer)
{
    free(namer->seen);
    free(namer->twins);
}

static int note_twin(struct namer *namer, uint32_t number, uint32_t twin)
{
    if (namer->twin_count + 2 > namer->twin_room) {
        size_t room = namer->twin_room ? namer->twin_room * 2 : 64;
        uint32_t *twins = realloc(namer->twins, room * sizeof *twins);
        if (twins == NULL)
            return fault_set(namer->fault, FAULT_LIMIT, "no memory for %zu equal objects", room);
        namer->twins = twins;
        namer->twin_room = room;
    }
    namer->twins[namer->twin_count++] = twin;
    namer->twins[namer->twin_count++] = number;
    return 0;
}

/* Notes one link; those noted lately are known by a direct-mapped cache, exactly compared. */
static int note(struct namer *namer, const struct object_link *link)
{
    size_t len = namer->table->oid_len;
    uint32_t name, mix;
    memcpy(&mix, link->id + 4, sizeof mix);
    struct namer_seen *seen = &namer->seen[mix & (namer->seen_count - 1)];
    if (seen->type == (unsigned char)link->type && memcmp(seen->id, link->id, len) == 0)
        return 0;
    memcpy(seen->id, link->id, len);
    seen->type = (unsigned char)link->type;
    return objtable_link(namer->table, link->id, link->type, &name);
}

static int compare_oid(const void *a, const void *b)
{
    return oid_compare(a, b);
}

static bool is_shallow(const struct namer *namer, const struct oid *oid)
{
    return namer->shallow_count > 0 &&
           bsearch(oid, namer->shallow, namer->shallow_count, sizeof *oid, compare_oid) != NULL;
}

static int note_links(struct namer *namer, const struct oid *oid, enum object_type type,
                      const unsigned char *bytes, size_t size)
{
    struct object_links links;
    struct object_link link;
    int rc;
    bool rootless = type == OBJECT_COMMIT && is_shallow(namer, oid);
    object_links_open(&links, type, bytes, size, namer->table->oid_len);
    while ((rc = object_links_next(&links, &link, namer->fault)) == 1) {
        if (rootless && link.type == OBJECT_COMMIT)
            continue;
        if (note(namer, &link) < 0)
            return -1;
    }
    if (rc < 0) {
        char hex[OID_HEX];
        fault_wrap(namer->fault, "%s %s", pack_type_name(type), oid_hex(oid, hex));
    }
    return rc;
}

/* "blob 12\0", which stands before the bytes of what is hashed. */
static void begin(const struct hash_ops *ops, union hash *hash, enum object_type type,
                  uint64_t size)
{
    char head[32];
    int length = snprintf(head, sizeof head, "%s %" PRIu64, pack_type_name(type), size);
    ops->begin(hash);
    ops->add(hash, head, (size_t)length + 1);
}

static int finish(struct namer *namer, union hash *hash, uint32_t number, enum object_type type,
                  struct oid *oid, uint32_t *name)
{
    char hex[OID_HEX];
    uint32_t twin;
    if (namer->ops->end(hash, oid) < 0)
        return fault_set(namer->fault, FAULT_PROTOCOL, "%s %s is part of a SHA-1 collision attack",
                         pack_type_name(type), oid_hex(oid, hex));
    if (objtable_name(namer->table, number, type, oid->id, name, &twin) < 0)
        return -1;
    return twin == OBJTABLE_NONE ? 0 : note_twin(namer, number, twin);
}

int namer_whole(struct namer *namer, uint32_t number, enum object_type type,
                const unsigned char *bytes, size_t size, uint32_t *name)
{
    union hash hash;
    struct oid oid;
    begin(namer->ops, &hash, type, size);
    namer->ops->add(&hash, bytes, size);
    if (finish(namer, &hash, number, type, &oid, name) < 0)
        return -1;
    return type == OBJECT_BLOB ? 0 : note_links(namer, &oid, type, bytes, size);
}

void namer_begin(struct namer *namer, enum object_type type, uint64_t size)
{
    begin(namer->ops, &namer->hash, type, size);
}

void namer_add(struct namer *namer, const unsigned char *bytes, size_t size)
{
    namer->ops->add(&namer->hash, bytes, size);
}

int namer_end(struct namer *namer, uint32_t number, enum object_type type, uint32_t *name)
{
    struct oid oid;
    return finish(namer, &namer->hash, number, type, &oid, name);
}

int namer_body(struct namer *namer, struct rebuild *rebuild, uint32_t number, enum object_type type,
               const struct body *body, uint32_t *name)
{
    if (body->whole)
        return namer_whole(namer, number, type, body->whole->bytes, body->whole->size, name);
    namer_begin(namer, type, body->size);
    for (uint64_t done = 0; done < body->size;) {
        uint64_t left = body->size - done;
        size_t take = left < REBUILD_PIECE ? (size_t)left : REBUILD_PIECE;
        if (body_read(body, done, rebuild->piece, take, rebuild->fault) < 0)
            return -1;
        namer_add(namer, rebuild->piece, take);
        done += take;
    }
    return namer_end(namer, number, type, name);
}
