/* SPDX-License-Identifier: MIT */
#include "receive/namer.h"

#include "proto/object.h"
#include "receive/previous_tree.h"
#include "receive/thin_pack.h"
#include "system/array.h"
#include "system/oids.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SEEN_LEAST = 256, SEEN_MOST = 8192 }; /* links remembered by each thread: 8 to 270 KB */

/* A link that was noted lately: the next version of a tree repeats most of them. */
struct seen {
    unsigned char id[OID_MAX];
    unsigned char type;
};

/* What one thread has to itself. The caller has two: one for what waited in the queue, and the last
 * one for what it names at once; in each the offsets ascend. Without threads there is no queue, and
 * one. */
struct hand {
    struct seen *seen;
    struct previous_tree last;
    struct fault fault;
    uint64_t offset; /* where its fault happened */
};

struct namer {
    struct work_function function; /* first: receive/work.h hands it back */
    const struct namer_options *options;
    struct arrivals *table;
    struct work *work;
    struct hand hands[WORK_THREADS_MAX + 2];
    unsigned own; /* the caller's hand for its own */
    uint32_t seen_mask;
    uint32_t (*twins)[2];
    size_t twin_count, twin_room;
    union hash hash;  /* of a large object that is named piece by piece */
    struct oid empty; /* the empty tree, which git has without storing it */
    _Atomic bool failed;
};

/* One object on its way to a name. */
struct naming {
    struct namer *namer;
    struct hand *hand;
    uint64_t offset;
    uint32_t number;
    enum object_type type;
    struct buffer *buffer; /* its bytes; NULL: somewhere else */
    bool links;
};

static void work_on(struct work_function *function, unsigned worker, const struct work_item *item);

struct namer *namer_open(const struct namer_options *options, struct arrivals *table,
                         struct fault *fault)
{
    struct namer *namer = calloc(1, sizeof *namer);
    if (namer == NULL) {
        fault_set(fault, FAULT_LIMIT, "no memory to name objects with");
        return NULL;
    }
    uint32_t seen = SEEN_LEAST;
    while (seen < SEEN_MOST && seen < table->announced / 4)
        seen *= 2;
    namer->function.run = work_on;
    namer->options = options;
    namer->table = table;
    namer->seen_mask = seen - 1;
    object_name(options->hash, OBJECT_TREE, "", 0, &namer->empty);
    unsigned threads = options->threads < WORK_THREADS_MAX ? options->threads : WORK_THREADS_MAX;
    namer->own = threads > 0 ? threads + 1 : 0;
    for (unsigned i = 0; i <= namer->own; i++) {
        namer->hands[i].seen = calloc(seen, sizeof *namer->hands[i].seen);
        if (namer->hands[i].seen == NULL)
            fault_set(fault, FAULT_LIMIT, "no memory to name objects with");
    }
    if (fault->class == FAULT_NONE)
        namer->work = work_open(threads, options->queue, &namer->function, fault);
    if (namer->work)
        return namer;
    namer_close(namer);
    return NULL;
}

void namer_close(struct namer *namer)
{
    if (namer == NULL)
        return;
    work_close(namer->work);
    for (unsigned i = 0; i <= namer->own; i++) {
        previous_tree_close(&namer->hands[i].last);
        free(namer->hands[i].seen);
    }
    free(namer->twins);
    free(namer);
}

/* Under the lock. */
static int note_twin(struct naming *naming, uint32_t twin)
{
    struct namer *namer = naming->namer;
    uint32_t(*twins)[2] =
        array_room(namer->twins, namer->twin_count, &namer->twin_room, sizeof *twins);
    if (twins == NULL)
        return fault_set(&naming->hand->fault, FAULT_LIMIT,
                         "no memory for %zu objects that came twice", namer->twin_count + 1);
    namer->twins = twins;
    twins[namer->twin_count][0] = twin;
    twins[namer->twin_count++][1] = naming->number;
    return 0;
}

/* Under the lock. */
static int add_link(struct naming *naming, const struct object_link *link)
{
    struct arrivals *table = naming->namer->table;
    struct odb *base = naming->namer->options->base;
    uint32_t name;
    /* The empty tree need not be there, but it is a tree (K12). */
    if (link->type == OBJECT_TREE && memcmp(link->id, naming->namer->empty.id, table->oid_len) == 0)
        return 0;
    if (base && !arrivals_knows(table, link->id)) {
        struct oid oid = oid_from(link->id, table->oid_len);
        int here = thin_pack_link(base, &oid, link->type, &naming->hand->fault);
        if (here != 0)
            return here < 0 ? -1 : 0;
    }
    return arrivals_link(table, link->id, link->type, &name, &naming->hand->fault);
}

/* Notes one link, unless it was noted lately: a direct-mapped cache, exactly compared. */
static int note(struct naming *naming, const struct object_link *link)
{
    struct namer *namer = naming->namer;
    size_t len = namer->table->oid_len;
    uint32_t mix;
    memcpy(&mix, link->id + 4, sizeof mix);
    struct seen *seen = &naming->hand->seen[mix & namer->seen_mask];
    if (seen->type == (unsigned char)link->type && memcmp(seen->id, link->id, len) == 0)
        return 0;
    memcpy(seen->id, link->id, len);
    seen->type = (unsigned char)link->type;
    work_lock(namer->work);
    int rc = add_link(naming, link);
    work_unlock(namer->work);
    return rc;
}

static bool is_shallow(const struct namer_options *options, const struct oid *oid)
{
    return oids_have(options->shallow, options->shallow_count, oid);
}

static int note_all(struct naming *naming, struct object_links *links, bool rootless)
{
    struct object_link link;
    int rc;
    while ((rc = object_links_next(links, &link, &naming->hand->fault)) == 1)
        if (!(rootless && link.type == OBJECT_COMMIT) && note(naming, &link) < 0)
            return -1;
    return rc;
}

/* What the tree before this one had too is noted already. */
static int note_tree(struct naming *naming, struct object_links *links)
{
    struct previous_tree *last = &naming->hand->last;
    struct object_link link;
    int rc = 1;
    previous_tree_begin(last, naming->buffer);
    links->at += last->head;
    while (links->at != links->start + last->tail) {
        previous_tree_start(last, (size_t)(links->at - links->start));
        rc = object_links_next(links, &link, &naming->hand->fault);
        if (rc == 0)
            break;
        if (rc < 0 || note(naming, &link) < 0)
            return -1;
    }
    previous_tree_end(last, naming->buffer, rc == 1);
    return 0;
}

static int note_links(struct naming *naming, const struct oid *oid, const unsigned char *bytes,
                      size_t size)
{
    struct object_links links;
    char hex[OID_HEX];
    bool rootless = naming->type == OBJECT_COMMIT && is_shallow(naming->namer->options, oid);
    object_links_open(&links, naming->type, bytes, size, naming->namer->table->oid_len);
    int rc = naming->type == OBJECT_TREE && naming->buffer ? note_tree(naming, &links)
                                                           : note_all(naming, &links, rootless);
    return rc < 0 ? fault_wrap(&naming->hand->fault, "%s %s", pack_type_name(naming->type),
                               oid_hex(oid, hex))
                  : 0;
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

static int finish(struct naming *naming, union hash *hash, struct oid *oid, uint32_t *name)
{
    struct namer *namer = naming->namer;
    char hex[OID_HEX];
    uint32_t twin;
    if (namer->options->hash->end(hash, oid) < 0)
        return fault_set(&naming->hand->fault, FAULT_PROTOCOL,
                         "%s %s is part of a SHA-1 collision attack", pack_type_name(naming->type),
                         oid_hex(oid, hex));
    work_lock(namer->work);
    int rc = arrivals_name(namer->table, naming->number, naming->type, oid->id, name, &twin,
                           &naming->hand->fault);
    if (rc == 0 && twin != ARRIVALS_NONE)
        rc = note_twin(naming, twin);
    work_unlock(namer->work);
    return rc;
}

static int name_bytes(struct naming *naming, const unsigned char *bytes, size_t size,
                      uint32_t *name)
{
    const struct hash_ops *ops = naming->namer->options->hash;
    union hash hash;
    struct oid oid;
    begin(ops, &hash, naming->type, size);
    ops->add(&hash, bytes, size);
    if (finish(naming, &hash, &oid, name) < 0)
        return -1;
    return naming->links && naming->type != OBJECT_BLOB ? note_links(naming, &oid, bytes, size) : 0;
}

/* The first fault of a hand stays; items come to it in the order of their offsets. */
static int failed(struct naming *naming)
{
    struct hand *hand = naming->hand;
    if (hand->offset == 0) {
        hand->offset = naming->offset;
        fault_wrap(&hand->fault, "pack entry %" PRIu32 " at byte %" PRIu64, naming->number,
                   naming->offset);
    }
    naming->namer->failed = true;
    return -1;
}

static struct naming naming_of(struct namer *namer, unsigned hand, uint32_t number, uint64_t offset,
                               enum object_type type)
{
    return (struct naming){namer, &namer->hands[hand], offset, number, type, NULL, true};
}

static void work_on(struct work_function *function, unsigned worker, const struct work_item *item)
{
    struct namer *namer = (struct namer *)function;
    struct naming naming = naming_of(namer, worker, item->number, item->offset, item->type);
    uint32_t name;
    naming.buffer = item->buffer;
    if (naming.hand->offset == 0 &&
        name_bytes(&naming, item->buffer->bytes, item->buffer->size, &name) < 0)
        failed(&naming);
    buffer_drop(item->buffer);
}

static int name_scratch(struct naming *naming, const struct body *body, unsigned char *piece,
                        uint32_t *name)
{
    const struct hash_ops *ops = naming->namer->options->hash;
    union hash hash;
    struct oid oid;
    begin(ops, &hash, naming->type, body->size);
    for (uint64_t done = 0; done < body->size;) {
        uint64_t left = body->size - done;
        size_t take = left < BODY_PIECE ? (size_t)left : BODY_PIECE;
        if (body_read(body, done, piece, take, &naming->hand->fault) < 0)
            return -1;
        ops->add(&hash, piece, take);
        done += take;
    }
    return finish(naming, &hash, &oid, name);
}

int namer_now(struct namer *namer, uint32_t number, uint64_t offset, enum object_type type,
              const struct body *body, unsigned char *piece, uint32_t *name)
{
    struct naming naming = naming_of(namer, namer->own, number, offset, type);
    naming.buffer = body->whole;
    int rc = body->whole ? name_bytes(&naming, body->whole->bytes, body->whole->size, name)
                         : name_scratch(&naming, body, piece, name);
    return rc < 0 ? failed(&naming) : 0;
}

int namer_body(struct namer *namer, uint32_t number, uint64_t offset, enum object_type type,
               const struct body *body, unsigned char *piece)
{
    uint32_t name;
    if (namer->failed)
        return -1;
    if (body->whole == NULL)
        return namer_now(namer, number, offset, type, body, piece, &name);
    struct work_item item = {buffer_hold(body->whole), offset, number, type};
    work_push(namer->work, &item);
    return 0;
}

int namer_known(struct namer *namer, uint32_t number, enum object_type type,
                const unsigned char *bytes, size_t size)
{
    struct naming naming =
        naming_of(namer, namer->own, number, arrival_offset(&namer->table->arrivals[number]), type);
    uint32_t name;
    naming.links = false;
    return name_bytes(&naming, bytes, size, &name) < 0 ? failed(&naming) : 0;
}

void namer_begin(struct namer *namer, enum object_type type, uint64_t size)
{
    begin(namer->options->hash, &namer->hash, type, size);
}

void namer_add(struct namer *namer, const unsigned char *bytes, size_t size)
{
    namer->options->hash->add(&namer->hash, bytes, size);
}

int namer_end(struct namer *namer, uint32_t number, uint64_t offset)
{
    struct naming naming = naming_of(namer, namer->own, number, offset, OBJECT_BLOB);
    struct oid oid;
    uint32_t name;
    return finish(&naming, &namer->hash, &oid, &name) < 0 ? failed(&naming) : 0;
}

static uint32_t find(struct namer *namer, const unsigned char *id)
{
    work_lock(namer->work);
    uint32_t number = arrivals_find(namer->table, id);
    work_unlock(namer->work);
    return number;
}

uint32_t namer_find(struct namer *namer, const unsigned char *id)
{
    uint32_t number = find(namer, id);
    if (number != ARRIVALS_NONE)
        return number;
    work_drain(namer->work);
    return find(namer, id);
}

int namer_await(struct namer *namer, const unsigned char *id, uint32_t *name)
{
    struct odb *base = namer->options->base;
    struct arrivals *table = namer->table;
    struct oid oid = oid_from(id, table->oid_len);
    work_lock(namer->work);
    if (base && !arrivals_knows(table, id) && odb_has(base, &oid))
        table->announced++; /* a thin pack: the base will be appended */
    int rc = arrivals_link(table, id, OBJECT_NONE, name, table->fault);
    work_unlock(namer->work);
    return rc;
}

int namer_join(struct namer *namer, struct fault *fault)
{
    const struct hand *first = NULL;
    work_drain(namer->work);
    for (unsigned i = 0; i <= namer->own; i++) {
        const struct hand *hand = &namer->hands[i];
        if (hand->offset > 0 && (first == NULL || hand->offset < first->offset))
            first = hand;
    }
    if (first)
        *fault = first->fault;
    return fault->class == FAULT_NONE ? 0 : -1;
}

const uint32_t *namer_twins(const struct namer *namer, size_t *count)
{
    *count = namer->twin_count;
    return (const uint32_t *)namer->twins;
}
