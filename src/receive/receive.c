/* SPDX-License-Identifier: MIT */
/* A pack is read once, from the socket to the disk (gitformat-pack, "pack-*.pack files"):
 *
 *   pack    = header *entry trailer
 *   entry   = type and size, [ the base: an offset or an id ], zlib stream
 *
 *   spool            what is read is hashed and appended to the .pack
 *   bodies, bases    an entry is inflated; a delta is applied to its base at once
 *   namer            the object gets its name; what it links to is noted
 *   waiting_deltas   deltas that came before their base are applied at the end
 *   thin_pack        bases that only this repository has are appended to the pack
 *   partial_pack     what came of a pack that broke off
 *   new_pack         the table of arrivals, sorted, becomes the .idx; both files are published
 */
#include "receive/receive.h"

#include "receive/full_disk.h"
#include "receive/memory_share.h"
#include "receive/namer.h"
#include "receive/new_pack.h"
#include "receive/partial_pack.h"
#include "receive/thin_pack.h"
#include "receive/waiting_deltas.h"
#include "system/progress.h"

#include <inttypes.h>
#include <stdlib.h>

enum {
    CACHE_SLOTS = 8192, /* bases kept at most */
    REMADE_RATIO = 4,
    THREADS_FROM = 2000 /* objects: a smaller pack is done before a thread is there */
};

struct receive {
    const struct receive_options *options;
    struct arrivals table;
    struct spool spool;
    struct bases bases;
    struct namer_options naming;
    struct namer *namer;
    struct memory_share share;
    struct new_pack file;
    uint64_t end; /* of the last entry that came whole */
    struct fault *fault;
};

/* A blob that is too large for memory: hashed while it is inflated. */
static int stream_blob(struct receive *receive, uint32_t number, uint64_t offset, uint64_t size)
{
    struct bodies *bodies = &receive->bases.bodies;
    int rc;
    inflate_begin(bodies->inflate, &receive->spool.reader, size);
    namer_begin(receive->namer, OBJECT_BLOB, size);
    do {
        size_t got;
        rc = inflate_read(bodies->inflate, bodies->piece, BODY_PIECE, &got);
        if (rc < 0)
            return -1;
        namer_add(receive->namer, bodies->piece, got);
    } while (rc == 1);
    return namer_end(receive->namer, number, offset);
}

/* Where the base of a delta is; ARRIVALS_NONE: it has not come, and the delta waits for it. */
static int find_base(struct receive *receive, uint32_t number, const struct pack_entry *entry,
                     uint32_t *base)
{
    struct arrivals *table = &receive->table;
    if (entry->type == OBJECT_OFS_DELTA) {
        *base = arrivals_at(table, entry->base_offset);
        if (*base == ARRIVALS_NONE)
            return fault_set(receive->fault, FAULT_PROTOCOL,
                             "its base should begin at byte %" PRIu64 ", where no entry begins",
                             entry->base_offset);
        table->arrivals[number].base = *base;
        if (arrival_type(&table->arrivals[*base]) == OBJECT_NONE)
            *base = ARRIVALS_NONE; /* it waits itself */
        return 0;
    }
    *base = namer_find(receive->namer, entry->base.id);
    table->arrivals[number].base = *base;
    if (*base != ARRIVALS_NONE)
        return 0;
    arrival_set_waits_for_name(&table->arrivals[number], true);
    return namer_await(receive->namer, entry->base.id, &table->arrivals[number].base);
}

/* Inflates a delta and applies it. 1: *BODY is made, of *TYPE; 0: it waits, as its base has not
 * come, or would take too long to make again. */
static int delta_body(struct receive *receive, uint32_t number, const struct pack_entry *entry,
                      enum object_type *type, struct body *body)
{
    struct bodies *bodies = &receive->bases.bodies;
    struct body delta, base;
    uint32_t base_number;
    if (find_base(receive, number, entry, &base_number) < 0 ||
        bodies_inflate(bodies, &receive->spool.reader, entry->size, bodies->whole_max, &delta) < 0)
        return -1;
    int rc = base_number == ARRIVALS_NONE ? 1 : bases_far(&receive->bases, base_number, &delta);
    if (rc != 0) {
        body_drop(&delta);
        return rc < 0 ? -1 : 0;
    }
    *type = arrival_type(&receive->table.arrivals[base_number]);
    rc = bases_body(&receive->bases, base_number, &base);
    if (rc == 0) {
        rc = bodies_apply(bodies, &base, &delta, *type, body);
        body_drop(&base);
    }
    body_drop(&delta);
    return rc < 0 ? -1 : 1;
}

static int read_entry(struct receive *receive, uint32_t number, uint64_t offset)
{
    struct arrival *arrival = &receive->table.arrivals[number];
    struct bodies *bodies = &receive->bases.bodies;
    struct pack_entry entry;
    struct body body;
    if (pack_read_entry(&receive->spool.reader, offset, receive->table.oid_len, &entry) < 0)
        return -1;
    receive->bases.received += entry.size;
    enum object_type type = entry.type;
    if (pack_is_delta(type)) {
        int rc = delta_body(receive, number, &entry, &type, &body);
        if (rc <= 0)
            return rc;
    } else {
        size_t most = bodies_max(bodies, type);
        if (entry.size > most && type == OBJECT_BLOB) {
            arrival_set_type(arrival, type);
            return stream_blob(receive, number, offset, entry.size);
        }
        if (entry.size > most)
            return fault_set(receive->fault, FAULT_LIMIT,
                             "a %s of %" PRIu64 " bytes; at most %zu are taken",
                             pack_type_name(type), entry.size, most);
        if (bodies_inflate(bodies, &receive->spool.reader, entry.size, most, &body) < 0)
            return -1;
    }
    arrival_set_type(arrival, type);
    int rc = namer_body(receive->namer, number, offset, type, &body, bodies->piece);
    if (rc == 0)
        bodies_keep(bodies, number, type, &body);
    body_drop(&body);
    return rc;
}

/* What the pack may cost grows with it. The cache: a small clone shall not take what a large one is
 * worth, but room for the largest base that is in memory. What deltas make: see RECEIVE_UNPACKED.
 * What is made again: real packs of large files in turns need 0.4 times what is made once. */
static void grow_budgets(struct receive *receive)
{
    struct bodies *bodies = &receive->bases.bodies;
    uint64_t received = reader_tell(&receive->spool.reader);
    uint64_t wish = receive->share.cache_first + received / 4;
    if (wish < 2 * bodies->largest)
        wish = 2 * bodies->largest;
    size_t most = receive->share.cache_most;
    bodies->cache.budget = wish < most ? (size_t)wish : most;
    uint64_t unpacked = receive->options->unpacked_max;
    bodies->made.most = unpacked ? unpacked : RECEIVE_UNPACKED + received * RECEIVE_UNPACKED_RATIO;
    bodies->remade.most = RECEIVE_UNPACKED + REMADE_RATIO * bodies->made.used;
}

/* Entry NUMBER at OFFSET was not read. A disk or a signal would have ended any other, too. */
static int entry_failed(struct receive *receive, uint32_t number, uint64_t offset)
{
    struct fault *fault = receive->fault;
    if (fault->class == FAULT_LOCAL)
        return full_disk(receive->file.dir, receive->spool.written, number,
                         receive->table.announced, fault);
    if (fault->class == FAULT_INTERRUPTED)
        return -1;
    return fault_wrap(fault, "pack entry %" PRIu32 " at byte %" PRIu64, number, offset);
}

static int read_entries(struct receive *receive, uint32_t count, struct progress *progress)
{
    for (uint32_t i = 0; i < count; i++) {
        uint64_t offset = reader_tell(&receive->spool.reader);
        uint32_t number;
        if (offset >> 60 || arrivals_add(&receive->table, offset, &number) < 0)
            return fault_set(receive->fault, FAULT_LIMIT, "pack: over 2^60 bytes");
        grow_budgets(receive);
        spool_entry(&receive->spool);
        if (read_entry(receive, number, offset) < 0)
            return entry_failed(receive, number, offset);
        receive->table.arrivals[number].crc = spool_crc(&receive->spool);
        receive->end = reader_tell(&receive->spool.reader);
        progress_update(progress, i + 1, receive->end);
    }
    return 0;
}

/* Everything up to the trailer. What the server still has to say, "remote: Total ...", is shown
 * before the line of progress is closed. */
static int read_stream(struct receive *receive, uint32_t count, struct oid *pack_hash)
{
    struct progress progress;
    progress_begin(&progress, "Receiving objects", count, receive->options->progress, true, 0);
    int rc = read_entries(receive, count, &progress);
    if (rc == 0)
        rc = spool_trailer(&receive->spool, pack_hash);
    if (rc == 0 && reader_fill(receive->spool.below) < 0)
        rc = -1;
    progress_end(&progress, rc == 0);
    return rc;
}

/* Deltas that came before their base, and those whose base only this repository has. *LEFT is how
 * many have none. */
static int resolve_waiting(struct receive *receive, uint32_t *left, struct oid *pack_hash)
{
    struct bases *bases = &receive->bases;
    uint32_t added = 0;
    size_t memory = receive->share.waiting;
    grow_budgets(receive);
    uint64_t made = bases->bodies.made.most;
    bases->bodies.remade.most += made > UINT64_MAX / 8 ? UINT64_MAX / 2 : REMADE_RATIO * made;
    if (waiting_deltas_resolve(bases, receive->namer, memory, left) < 0)
        return -1;
    if (*left == 0 || receive->options->base == NULL)
        return 0;
    const struct thin_pack_options thin = {
        .odb = receive->options->base,
        .memory = memory,
        .threads = receive->options->threads != 1 && receive->options->memory == 0,
    };
    if (thin_pack_append(bases, receive->namer, &thin, &added) < 0 ||
        waiting_deltas_resolve(bases, receive->namer, memory, left) < 0)
        return -1;
    return added ? thin_pack_finish(&receive->spool, receive->table.arrived, pack_hash) : 0;
}

/* What no base came for, then what was linked to and never came, then what was asked for (R11). */
static int check_closure(struct receive *receive, uint32_t waiting, const struct oid *wants,
                         size_t want_count)
{
    struct oid oid;
    char hex[OID_HEX];
    if (waiting > 0)
        return fault_set(receive->fault, FAULT_PROTOCOL,
                         "pack: %" PRIu32 " deltas whose base is not in it", waiting);
    if (arrivals_first_open(&receive->table, &oid))
        return fault_set(receive->fault, FAULT_PROTOCOL,
                         "pack: incomplete: object %s is linked to but missing (%" PRIu32
                         " in all)",
                         oid_hex(&oid, hex), receive->table.open);
    for (size_t i = 0; i < want_count; i++)
        if (arrivals_find(&receive->table, wants[i].id) == ARRIVALS_NONE &&
            !(receive->options->base && odb_has(receive->options->base, &wants[i])))
            return fault_set(receive->fault, FAULT_PROTOCOL,
                             "pack: incomplete: object %s was asked for and is missing",
                             oid_hex(&wants[i], hex));
    return 0;
}

/* What came twice (R12). */
static int check_twins(struct receive *receive)
{
    size_t count;
    const uint32_t *twins = namer_twins(receive->namer, &count);
    for (size_t i = 0; i < count; i++)
        if (bases_compare_twins(&receive->bases, twins[2 * i], twins[2 * i + 1]) < 0)
            return -1;
    return 0;
}

/* From the first entry to the trailer, and what could not be done on the way. */
static int read_pack(struct receive *receive, uint32_t count, const struct oid *wants,
                     size_t want_count, struct oid *pack_hash)
{
    struct receive_rest *rest = receive->options->rest;
    uint32_t waiting;
    int rc = read_stream(receive, count, pack_hash);
    if (rc < 0)
        rc = partial_pack_cut(rest, &receive->bases, receive->end, pack_hash, receive->fault);
    /* What the namer found lies before whatever was wrong here. */
    if (namer_join(receive->namer, receive->fault) < 0)
        return -1;
    if (rc == 0)
        rc = resolve_waiting(receive, &waiting, pack_hash);
    if (namer_join(receive->namer, receive->fault) < 0)
        return -1;
    if (rc == 0 && partial_pack_lacks(rest))
        rc = partial_pack_list(rest, &receive->table, waiting, receive->options->base, wants,
                               want_count, receive->fault);
    else if (rc == 0)
        rc = check_closure(receive, waiting, wants, want_count);
    return rc < 0 ? -1 : check_twins(receive);
}

/* Takes memory for a pack whose header announces COUNT objects. */
static int prepare(struct receive *receive, uint32_t count)
{
    const struct receive_options *options = receive->options;
    size_t oid_len = options->hash->oid_len;
    uint32_t slots = count < 16 ? 16 : count < CACHE_SLOTS ? count : CACHE_SLOTS;
    uint32_t names = partial_pack_announced(options->rest, count);
    if (memory_share(options->memory, oid_len, names, &receive->share, receive->fault) < 0 ||
        new_pack_room(&receive->file, oid_len, count) < 0)
        return -1;
    receive->table.announced = names;
    if (bases_open(&receive->bases, &receive->table, &receive->spool, receive->file.dir,
                   receive->share.cache_first, slots, receive->fault) < 0)
        return -1;
    receive->bases.bodies.whole_max = receive->share.whole;
    receive->bases.bodies.linked_max = receive->share.linked;
    unsigned processors = options->threads ? options->threads : work_processors();
    receive->naming = (struct namer_options){
        .hash = options->hash,
        .shallow = options->shallow,
        .shallow_count = options->shallow_count,
        .base = options->base,
        .threads = count < THREADS_FROM ? 0 : processors - 1,
        .queue = receive->share.queue,
    };
    receive->namer = namer_open(&receive->naming, &receive->table, receive->fault);
    return receive->namer ? 0 : -1;
}

int receive_pack(struct reader *in, const struct receive_options *options, const struct oid *wants,
                 size_t want_count, struct receive_result *out, struct fault *fault)
{
    uint32_t count;
    struct receive_result result = {0};
    struct receive *receive = calloc(1, sizeof *receive);
    if (receive == NULL)
        return fault_set(fault, FAULT_LIMIT, "no memory to index a pack");
    receive->options = options;
    receive->fault = fault;
    arrivals_open(&receive->table, options->hash->oid_len, 0, fault);
    int rc = new_pack_open(&receive->file, options->git_dir, options->sync, fault);
    spool_open(&receive->spool, in, receive->file.pack, options->hash);
    if (rc == 0)
        rc = pack_read_header(&receive->spool.reader, &count);
    if (rc == 0)
        rc = prepare(receive, count);
    if (rc == 0)
        rc = read_pack(receive, count, wants, want_count, &result.pack_hash);
    if (rc == 0) {
        result.objects = receive->table.arrived; /* a thin pack has got more than COUNT */
        result.bytes = receive->spool.written;
        result.reinflated = receive->bases.again;
        result.remade = receive->bases.bodies.remade.used;
    }
    if (rc == 0 && result.objects > 0) {
        arrivals_sort(&receive->table);
        rc = new_pack_write_idx(&receive->file, options->hash, &receive->table, &result.pack_hash);
        if (rc == 0)
            rc = new_pack_publish(&receive->file, &result.pack_hash);
    }
    if (rc == 0)
        *out = result;
    new_pack_close(&receive->file);
    namer_close(receive->namer); /* drops what the pool of the next gave */
    bodies_close(&receive->bases.bodies);
    arrivals_close(&receive->table);
    free(receive);
    return rc;
}
