/* SPDX-License-Identifier: MIT */
/* A pack is read once, from the socket to the disk:
 *
 *   spool    what is read is hashed and appended to the .pack
 *   rebuild    inflate the entry; a delta is applied to its base at once
 *   namer      name the object, note what it links to
 *   parked     deltas that came before their base, at the end
 *   arrivals   sorted, becomes the .idx
 */
#include "receive/receive.h"

#include "objects/bodies.h"
#include "receive/namer.h"
#include "receive/new_pack.h"
#include "receive/spool.h"
#include "receive/thin_pack.h"
#include "receive/waiting_deltas.h"
#include "system/progress.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
    CACHE_FIRST = 512 * 1024,     /* bytes of bases kept, to begin with */
    CACHE_MOST = 2 * 1024 * 1024, /* and at most, unless --mem allows more */
    CACHE_SLOTS = 8192,           /* bases kept at most */
    WHOLE_MOST = 2 * 1024 * 1024, /* bytes of a blob in memory; larger ones stream */
    WHOLE_LEAST = 64 * 1024,
    QUEUE_MOST = 1024 * 1024, /* bytes that wait to be named */
    THREADS_FROM = 2000,      /* objects: a smaller pack is done before a thread is there */
    FIXED_COST = 1536 * 1024  /* bytes of everything else: program, TLS, buffers */
};

/* What one run may take of memory, out of --mem. */
struct share {
    size_t cache_first, cache_most, whole, linked, queue;
};

struct receive {
    const struct receive_options *options;
    struct arrivals table;
    struct spool tap;
    struct rebuild rebuild;
    struct namer_options naming;
    struct namer *namer;
    struct share share;
    struct new_pack file;
    struct fault *fault;
};

static int memory_share(const struct receive_options *options, uint32_t count, struct share *share,
                        struct fault *fault)
{
    *share = (struct share){CACHE_FIRST, CACHE_MOST, WHOLE_MOST, REBUILD_LINKED_MAX, QUEUE_MOST};
    if (options->memory == 0)
        return 0;
    uint64_t table = arrivals_memory(options->hash->oid_len, count);
    uint64_t least = table + FIXED_COST + 8 * WHOLE_LEAST;
    if (least > options->memory)
        return fault_set(fault, FAULT_LIMIT,
                         "a pack of %" PRIu32 " objects needs %" PRIu64
                         " KiB of memory, --mem allows %" PRIu64,
                         count, (least + 1023) / 1024, options->memory / 1024);
    uint64_t rest = options->memory - table - FIXED_COST;
    share->cache_most = rest / 2 < SIZE_MAX ? (size_t)(rest / 2) : SIZE_MAX;
    if (share->cache_first > share->cache_most)
        share->cache_first = share->cache_most;
    if (rest / 8 < share->whole)
        share->whole = (size_t)(rest / 8);
    if (rest / 8 < share->queue)
        share->queue = (size_t)(rest / 8);
    if (rest / 8 < share->linked)
        share->linked = (size_t)(rest / 8);
    return 0;
}

/* A blob that is too large for memory: hashed while it is inflated. */
static int stream_blob(struct receive *receive, uint32_t number, uint64_t offset, uint64_t size)
{
    struct rebuild *rebuild = &receive->rebuild;
    int rc;
    inflate_begin(rebuild->inflate, &receive->tap.reader, size);
    namer_begin(receive->namer, OBJECT_BLOB, size);
    do {
        size_t got;
        rc = inflate_read(rebuild->inflate, rebuild->piece, REBUILD_PIECE, &got);
        if (rc < 0)
            return -1;
        namer_add(receive->namer, rebuild->piece, got);
    } while (rc == 1);
    return namer_end(receive->namer, number, offset);
}

static int take_body(struct receive *receive, uint32_t number, enum object_type type,
                     struct body *body)
{
    uint64_t offset = arrival_offset(&receive->table.arrivals[number]);
    int rc = namer_body(receive->namer, number, offset, type, body, receive->rebuild.piece);
    if (rc == 0)
        rebuild_keep(&receive->rebuild, number, body);
    body_drop(body);
    return rc;
}

static int receive_whole(struct receive *receive, uint32_t number, const struct pack_entry *entry)
{
    struct body body;
    size_t most = rebuild_max(&receive->rebuild, entry->type);
    arrival_set_type(&receive->table.arrivals[number], entry->type);
    if (entry->size > most && entry->type == OBJECT_BLOB)
        return stream_blob(receive, number, entry->offset, entry->size);
    if (entry->size > most)
        return fault_set(receive->fault, FAULT_LIMIT,
                         "a %s of %" PRIu64 " bytes; at most %zu are taken",
                         pack_type_name(entry->type), entry->size, most);
    if (rebuild_inflate(&receive->rebuild, &receive->tap.reader, entry->size, most, &body) < 0)
        return -1;
    return take_body(receive, number, entry->type, &body);
}

/* Where the base of a delta is. It may have to be waited for: then the entry is parked. */
static int find_base(struct receive *receive, uint32_t number, const struct pack_entry *entry,
                     uint32_t *base)
{
    struct arrivals *table = &receive->table;
    if (entry->type == OBJECT_OFS_DELTA) {
        *base = arrivals_at(table, entry->base_offset);
        if (*base == OBJTABLE_NONE)
            return fault_set(receive->fault, FAULT_PROTOCOL,
                             "its base should begin at byte %" PRIu64 ", where no entry begins",
                             entry->base_offset);
        table->arrivals[number].base = *base;
        if (arrival_type(&table->arrivals[*base]) == OBJECT_NONE)
            *base = OBJTABLE_NONE;
        return 0;
    }
    *base = namer_find(receive->namer, entry->base.id);
    table->arrivals[number].base = *base;
    if (*base != OBJTABLE_NONE)
        return 0;
    arrival_set_waits_for_name(&table->arrivals[number], true);
    return namer_await(receive->namer, entry->base.id, &table->arrivals[number].base);
}

static int receive_delta(struct receive *receive, uint32_t number, const struct pack_entry *entry)
{
    struct rebuild *rebuild = &receive->rebuild;
    struct body delta, base, body;
    uint32_t base_number;
    if (find_base(receive, number, entry, &base_number) < 0 ||
        rebuild_inflate(rebuild, &receive->tap.reader, entry->size, rebuild->whole_max, &delta) < 0)
        return -1;
    if (base_number == OBJTABLE_NONE) {
        body_drop(&delta);
        return 0;
    }
    int rc = rebuild_body(rebuild, base_number, &base);
    enum object_type type = arrival_type(&receive->table.arrivals[base_number]);
    if (rc == 0) {
        rc = rebuild_apply(rebuild, &base, &delta, type, &body);
        body_drop(&base);
    }
    body_drop(&delta);
    if (rc < 0)
        return -1;
    arrival_set_type(&receive->table.arrivals[number], type);
    return take_body(receive, number, type, &body);
}

static int receive_entry(struct receive *receive)
{
    struct pack_entry entry;
    struct arrivals *table = &receive->table;
    uint64_t offset = reader_tell(&receive->tap.reader);
    uint32_t number;
    if (offset >> 60 || arrivals_add(table, offset, &number) < 0)
        return fault_set(receive->fault, FAULT_LIMIT, "pack: over 2^60 bytes");
    spool_entry(&receive->tap);
    int rc = pack_read_entry(&receive->tap.reader, offset, table->oid_len, &entry);
    if (rc == 0) {
        receive->rebuild.received += entry.size;
        rc = entry.type == OBJECT_OFS_DELTA || entry.type == OBJECT_REF_DELTA
                 ? receive_delta(receive, number, &entry)
                 : receive_whole(receive, number, &entry);
    }
    if (rc < 0)
        return fault_wrap(receive->fault, "pack entry %" PRIu32 " at byte %" PRIu64, number,
                          offset);
    table->arrivals[number].crc = spool_crc(&receive->tap);
    return 0;
}

/* The cache grows with the pack: a small clone shall not take 8 MB. */
static void grow_cache(struct receive *receive)
{
    uint64_t wish = receive->share.cache_first + reader_tell(&receive->tap.reader) / 2;
    size_t most = receive->share.cache_most;
    receive->rebuild.cache.budget = wish < most ? (size_t)wish : most;
}

static int receive_all(struct receive *receive)
{
    uint32_t count = receive->table.announced; /* a thin pack adds to it */
    struct progress progress;
    progress_begin(&progress, "Receiving objects", count, receive->options->progress, true, 0);
    for (uint32_t i = 0; i < count; i++) {
        if (receive_entry(receive) < 0)
            return -1;
        grow_cache(receive);
        progress_update(&progress, i + 1, reader_tell(&receive->tap.reader));
    }
    progress_end(&progress);
    return 0;
}

/* Two arrivals with one name must have the same bytes (R12). */
static int compare_twins(struct receive *receive, uint32_t a, uint32_t b)
{
    struct rebuild *rebuild = &receive->rebuild;
    struct body x, y;
    unsigned char piece[4096];
    if (rebuild_body(rebuild, a, &x) < 0)
        return -1;
    if (rebuild_body(rebuild, b, &y) < 0) {
        body_drop(&x);
        return -1;
    }
    bool same = x.size == y.size && arrival_type(&receive->table.arrivals[a]) ==
                                        arrival_type(&receive->table.arrivals[b]);
    int rc = 0;
    for (uint64_t done = 0; rc == 0 && same && done < x.size; done += sizeof piece) {
        size_t take = x.size - done < sizeof piece ? (size_t)(x.size - done) : sizeof piece;
        rc = body_read(&x, done, rebuild->piece, take, receive->fault);
        if (rc == 0)
            rc = body_read(&y, done, piece, take, receive->fault);
        same = rc == 0 && memcmp(rebuild->piece, piece, take) == 0;
    }
    body_drop(&x);
    body_drop(&y);
    if (rc == 0 && !same)
        return fault_set(receive->fault, FAULT_PROTOCOL,
                         "pack: the objects at byte %" PRIu64 " and %" PRIu64
                         " have one name and different bytes",
                         arrival_offset(&receive->table.arrivals[a]),
                         arrival_offset(&receive->table.arrivals[b]));
    return rc;
}

/* What no base came for, then what was linked to and never came, then what was asked for (R11). */
static int check_closure(struct receive *receive, uint32_t parked, const struct oid *wants,
                         size_t want_count)
{
    struct oid oid;
    char hex[OID_HEX];
    if (parked > 0)
        return fault_set(receive->fault, FAULT_PROTOCOL,
                         "pack: %" PRIu32 " deltas whose base is not in it", parked);
    if (arrivals_first_open(&receive->table, &oid))
        return fault_set(receive->fault, FAULT_PROTOCOL,
                         "pack: incomplete: object %s is linked to but missing (%" PRIu32
                         " in all)",
                         oid_hex(&oid, hex), receive->table.open);
    for (size_t i = 0; i < want_count; i++)
        if (arrivals_find(&receive->table, wants[i].id) == OBJTABLE_NONE &&
            !(receive->options->base && odb_has(receive->options->base, &wants[i])))
            return fault_set(receive->fault, FAULT_PROTOCOL,
                             "pack: incomplete: object %s was asked for and is missing",
                             oid_hex(&wants[i], hex));
    size_t twin_count;
    const uint32_t *twins = namer_twins(receive->namer, &twin_count);
    for (size_t i = 0; i < twin_count; i++)
        if (compare_twins(receive, twins[2 * i], twins[2 * i + 1]) < 0)
            return -1;
    return 0;
}

/* Deltas that came before their base, and those whose base only this repository has. */
static int resolve_parked(struct receive *receive, uint32_t *left, struct oid *pack_hash)
{
    struct rebuild *rebuild = &receive->rebuild;
    uint32_t added = 0;
    if (waiting_deltas_resolve(rebuild, receive->namer, left) < 0)
        return -1;
    if (*left == 0 || receive->options->base == NULL)
        return 0;
    if (thin_pack_append(rebuild, receive->namer, receive->options->base, &added) < 0 ||
        waiting_deltas_resolve(rebuild, receive->namer, left) < 0)
        return -1;
    return added ? thin_pack_finish(&receive->tap, receive->table.arrived, pack_hash) : 0;
}

/* From the first entry to the trailer, and what could not be done on the way. */
static int take_pack(struct receive *receive, uint32_t *parked, struct oid *pack_hash)
{
    int rc = receive_all(receive);
    if (rc == 0)
        rc = spool_trailer(&receive->tap, pack_hash);
    if (namer_join(receive->namer, receive->fault) < 0)
        return -1;
    if (rc == 0)
        rc = resolve_parked(receive, parked, pack_hash);
    return namer_join(receive->namer, receive->fault) < 0 ? -1 : rc;
}

static int index_pack(struct receive *receive, const struct oid *wants, size_t want_count,
                      struct receive_result *out)
{
    uint32_t parked;
    struct receive_result result = {0};
    if (take_pack(receive, &parked, &result.pack_hash) < 0 ||
        check_closure(receive, parked, wants, want_count) < 0)
        return -1;
    result.objects = receive->table.arrived;
    result.bytes = receive->tap.written;
    result.reinflated = receive->rebuild.again;
    if (result.objects > 0) {
        arrivals_sort(&receive->table);
        if (new_pack_write_idx(&receive->file, receive->options->hash, &receive->table,
                               &result.pack_hash) < 0 ||
            new_pack_publish(&receive->file, &result.pack_hash) < 0)
            return -1;
    }
    *out = result;
    return 0;
}

/* Takes memory for a pack whose header announces COUNT objects. */
static int prepare(struct receive *receive, uint32_t count)
{
    const struct receive_options *options = receive->options;
    uint32_t slots = count < 16 ? 16 : count < CACHE_SLOTS ? count : CACHE_SLOTS;
    if (memory_share(options, count, &receive->share, receive->fault) < 0 ||
        new_pack_room(&receive->file, options->hash->oid_len, count) < 0)
        return -1;
    receive->table.announced = count;
    if (rebuild_open(&receive->rebuild, &receive->table, &receive->tap, receive->file.dir,
                     receive->share.cache_first, slots, receive->fault) < 0)
        return -1;
    receive->rebuild.whole_max = receive->share.whole;
    receive->rebuild.linked_max = receive->share.linked;
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
    struct receive *receive = calloc(1, sizeof *receive);
    if (receive == NULL)
        return fault_set(fault, FAULT_LIMIT, "no memory to index a pack");
    receive->options = options;
    receive->fault = fault;
    receive->rebuild.last.scratch = -1;
    arrivals_open(&receive->table, options->hash->oid_len, 0, fault);
    int rc = new_pack_open(&receive->file, options->git_dir, options->sync, fault);
    spool_open(&receive->tap, in, receive->file.pack, options->hash);
    if (rc == 0)
        rc = pack_read_header(&receive->tap.reader, &count);
    if (rc == 0)
        rc = prepare(receive, count);
    if (rc == 0)
        rc = index_pack(receive, wants, want_count, out);
    new_pack_close(&receive->file);
    namer_close(receive->namer); /* drops what the pool of the next gave */
    rebuild_close(&receive->rebuild);
    arrivals_close(&receive->table);
    free(receive);
    return rc;
}
