/* SPDX-License-Identifier: MIT */
/* A pack is read once, from the socket to the disk:
 *
 *   packtap    what is read is hashed and appended to the .pack
 *   rebuild    inflate the entry; a delta is applied to its base at once
 *   namer      name the object, note what it links to
 *   parked     deltas that came before their base, at the end
 *   objtable   sorted, becomes the .idx
 */
#include "indexer.h"

#include "namer.h"
#include "packfile.h"
#include "packtap.h"
#include "parked.h"
#include "progress.h"
#include "rebuild.h"
#include "thin.h"

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

struct indexer {
    const struct indexer_options *options;
    struct objtable table;
    struct packtap tap;
    struct rebuild rebuild;
    struct namer_options naming;
    struct namer *namer;
    struct share share;
    struct packfile file;
    struct fault *fault;
};

static int memory_share(const struct indexer_options *options, uint32_t count, struct share *share,
                        struct fault *fault)
{
    *share = (struct share){CACHE_FIRST, CACHE_MOST, WHOLE_MOST, REBUILD_LINKED_MAX, QUEUE_MOST};
    if (options->memory == 0)
        return 0;
    uint64_t table = objtable_memory(options->hash->oid_len, count);
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
static int stream_blob(struct indexer *indexer, uint32_t number, uint64_t offset, uint64_t size)
{
    struct rebuild *rebuild = &indexer->rebuild;
    int rc;
    inflate_begin(rebuild->inflate, &indexer->tap.reader, size);
    namer_begin(indexer->namer, OBJECT_BLOB, size);
    do {
        size_t got;
        rc = inflate_read(rebuild->inflate, rebuild->piece, REBUILD_PIECE, &got);
        if (rc < 0)
            return -1;
        namer_add(indexer->namer, rebuild->piece, got);
    } while (rc == 1);
    return namer_end(indexer->namer, number, offset);
}

static int take_body(struct indexer *indexer, uint32_t number, enum object_type type,
                     struct body *body)
{
    uint64_t offset = arrival_offset(&indexer->table.arrivals[number]);
    int rc = namer_body(indexer->namer, number, offset, type, body, indexer->rebuild.piece);
    if (rc == 0)
        rebuild_keep(&indexer->rebuild, number, body);
    body_drop(body);
    return rc;
}

static int receive_whole(struct indexer *indexer, uint32_t number, const struct pack_entry *entry)
{
    struct body body;
    size_t most = rebuild_max(&indexer->rebuild, entry->type);
    arrival_set_type(&indexer->table.arrivals[number], entry->type);
    if (entry->size > most && entry->type == OBJECT_BLOB)
        return stream_blob(indexer, number, entry->offset, entry->size);
    if (entry->size > most)
        return fault_set(indexer->fault, FAULT_LIMIT,
                         "a %s of %" PRIu64 " bytes; at most %zu are taken",
                         pack_type_name(entry->type), entry->size, most);
    if (rebuild_inflate(&indexer->rebuild, &indexer->tap.reader, entry->size, most, &body) < 0)
        return -1;
    return take_body(indexer, number, entry->type, &body);
}

/* Where the base of a delta is. It may have to be waited for: then the entry is parked. */
static int find_base(struct indexer *indexer, uint32_t number, const struct pack_entry *entry,
                     uint32_t *base)
{
    struct objtable *table = &indexer->table;
    if (entry->type == OBJECT_OFS_DELTA) {
        *base = objtable_at(table, entry->base_offset);
        if (*base == OBJTABLE_NONE)
            return fault_set(indexer->fault, FAULT_PROTOCOL,
                             "its base should begin at byte %" PRIu64 ", where no entry begins",
                             entry->base_offset);
        table->arrivals[number].base = *base;
        if (arrival_type(&table->arrivals[*base]) == OBJECT_NONE)
            *base = OBJTABLE_NONE;
        return 0;
    }
    *base = namer_find(indexer->namer, entry->base.id);
    table->arrivals[number].base = *base;
    if (*base != OBJTABLE_NONE)
        return 0;
    arrival_set_waits_for_name(&table->arrivals[number], true);
    return namer_await(indexer->namer, entry->base.id, &table->arrivals[number].base);
}

static int receive_delta(struct indexer *indexer, uint32_t number, const struct pack_entry *entry)
{
    struct rebuild *rebuild = &indexer->rebuild;
    struct body delta, base, body;
    uint32_t base_number;
    if (find_base(indexer, number, entry, &base_number) < 0 ||
        rebuild_inflate(rebuild, &indexer->tap.reader, entry->size, rebuild->whole_max, &delta) < 0)
        return -1;
    if (base_number == OBJTABLE_NONE) {
        body_drop(&delta);
        return 0;
    }
    int rc = rebuild_body(rebuild, base_number, &base);
    enum object_type type = arrival_type(&indexer->table.arrivals[base_number]);
    if (rc == 0) {
        rc = rebuild_apply(rebuild, &base, &delta, type, &body);
        body_drop(&base);
    }
    body_drop(&delta);
    if (rc < 0)
        return -1;
    arrival_set_type(&indexer->table.arrivals[number], type);
    return take_body(indexer, number, type, &body);
}

static int receive_entry(struct indexer *indexer)
{
    struct pack_entry entry;
    struct objtable *table = &indexer->table;
    uint64_t offset = reader_tell(&indexer->tap.reader);
    uint32_t number;
    if (offset >> 60 || objtable_arrive(table, offset, &number) < 0)
        return fault_set(indexer->fault, FAULT_LIMIT, "pack: over 2^60 bytes");
    packtap_entry(&indexer->tap);
    int rc = pack_read_entry(&indexer->tap.reader, offset, table->oid_len, &entry);
    if (rc == 0) {
        indexer->rebuild.received += entry.size;
        rc = entry.type == OBJECT_OFS_DELTA || entry.type == OBJECT_REF_DELTA
                 ? receive_delta(indexer, number, &entry)
                 : receive_whole(indexer, number, &entry);
    }
    if (rc < 0)
        return fault_wrap(indexer->fault, "pack entry %" PRIu32 " at byte %" PRIu64, number,
                          offset);
    table->arrivals[number].crc = packtap_crc(&indexer->tap);
    return 0;
}

/* The cache grows with the pack: a small clone shall not take 8 MB. */
static void grow_cache(struct indexer *indexer)
{
    uint64_t wish = indexer->share.cache_first + reader_tell(&indexer->tap.reader) / 2;
    size_t most = indexer->share.cache_most;
    indexer->rebuild.cache.budget = wish < most ? (size_t)wish : most;
}

static int receive_all(struct indexer *indexer)
{
    uint32_t count = indexer->table.announced; /* a thin pack adds to it */
    struct progress progress;
    progress_begin(&progress, "Receiving objects", count, indexer->options->progress, true, 0);
    for (uint32_t i = 0; i < count; i++) {
        if (receive_entry(indexer) < 0)
            return -1;
        grow_cache(indexer);
        progress_update(&progress, i + 1, reader_tell(&indexer->tap.reader));
    }
    progress_end(&progress);
    return 0;
}

/* Two arrivals with one name must have the same bytes (R12). */
static int compare_twins(struct indexer *indexer, uint32_t a, uint32_t b)
{
    struct rebuild *rebuild = &indexer->rebuild;
    struct body x, y;
    unsigned char piece[4096];
    if (rebuild_body(rebuild, a, &x) < 0)
        return -1;
    if (rebuild_body(rebuild, b, &y) < 0) {
        body_drop(&x);
        return -1;
    }
    bool same = x.size == y.size && arrival_type(&indexer->table.arrivals[a]) ==
                                        arrival_type(&indexer->table.arrivals[b]);
    int rc = 0;
    for (uint64_t done = 0; rc == 0 && same && done < x.size; done += sizeof piece) {
        size_t take = x.size - done < sizeof piece ? (size_t)(x.size - done) : sizeof piece;
        rc = body_read(&x, done, rebuild->piece, take, indexer->fault);
        if (rc == 0)
            rc = body_read(&y, done, piece, take, indexer->fault);
        same = rc == 0 && memcmp(rebuild->piece, piece, take) == 0;
    }
    body_drop(&x);
    body_drop(&y);
    if (rc == 0 && !same)
        return fault_set(indexer->fault, FAULT_PROTOCOL,
                         "pack: the objects at byte %" PRIu64 " and %" PRIu64
                         " have one name and different bytes",
                         arrival_offset(&indexer->table.arrivals[a]),
                         arrival_offset(&indexer->table.arrivals[b]));
    return rc;
}

/* What no base came for, then what was linked to and never came, then what was asked for (R11). */
static int check_closure(struct indexer *indexer, uint32_t parked, const struct oid *wants,
                         size_t want_count)
{
    struct oid oid;
    char hex[OID_HEX];
    if (parked > 0)
        return fault_set(indexer->fault, FAULT_PROTOCOL,
                         "pack: %" PRIu32 " deltas whose base is not in it", parked);
    if (objtable_first_open(&indexer->table, &oid))
        return fault_set(indexer->fault, FAULT_PROTOCOL,
                         "pack: incomplete: object %s is linked to but missing (%" PRIu32
                         " in all)",
                         oid_hex(&oid, hex), indexer->table.open);
    for (size_t i = 0; i < want_count; i++)
        if (objtable_find(&indexer->table, wants[i].id) == OBJTABLE_NONE &&
            !(indexer->options->base && odb_has(indexer->options->base, &wants[i])))
            return fault_set(indexer->fault, FAULT_PROTOCOL,
                             "pack: incomplete: object %s was asked for and is missing",
                             oid_hex(&wants[i], hex));
    size_t twin_count;
    const uint32_t *twins = namer_twins(indexer->namer, &twin_count);
    for (size_t i = 0; i < twin_count; i++)
        if (compare_twins(indexer, twins[2 * i], twins[2 * i + 1]) < 0)
            return -1;
    return 0;
}

/* Deltas that came before their base, and those whose base only this repository has. */
static int resolve_parked(struct indexer *indexer, uint32_t *left, struct oid *pack_hash)
{
    struct rebuild *rebuild = &indexer->rebuild;
    uint32_t added = 0;
    if (parked_resolve(rebuild, indexer->namer, left) < 0)
        return -1;
    if (*left == 0 || indexer->options->base == NULL)
        return 0;
    if (thin_append(rebuild, indexer->namer, indexer->options->base, &added) < 0 ||
        parked_resolve(rebuild, indexer->namer, left) < 0)
        return -1;
    return added ? thin_finish(&indexer->tap, indexer->table.arrived, pack_hash) : 0;
}

/* From the first entry to the trailer, and what could not be done on the way. */
static int receive_pack(struct indexer *indexer, uint32_t *parked, struct oid *pack_hash)
{
    int rc = receive_all(indexer);
    if (rc == 0)
        rc = packtap_trailer(&indexer->tap, pack_hash);
    if (namer_join(indexer->namer, indexer->fault) < 0)
        return -1;
    if (rc == 0)
        rc = resolve_parked(indexer, parked, pack_hash);
    return namer_join(indexer->namer, indexer->fault) < 0 ? -1 : rc;
}

static int index_pack(struct indexer *indexer, const struct oid *wants, size_t want_count,
                      struct indexer_result *out)
{
    uint32_t parked;
    struct indexer_result result = {0};
    if (receive_pack(indexer, &parked, &result.pack_hash) < 0 ||
        check_closure(indexer, parked, wants, want_count) < 0)
        return -1;
    result.objects = indexer->table.arrived;
    result.bytes = indexer->tap.written;
    result.reinflated = indexer->rebuild.again;
    if (result.objects > 0) {
        objtable_sort(&indexer->table);
        if (packfile_write_idx(&indexer->file, indexer->options->hash, &indexer->table,
                               &result.pack_hash) < 0 ||
            packfile_publish(&indexer->file, &result.pack_hash) < 0)
            return -1;
    }
    *out = result;
    return 0;
}

/* Takes memory for a pack whose header announces COUNT objects. */
static int prepare(struct indexer *indexer, uint32_t count)
{
    const struct indexer_options *options = indexer->options;
    uint32_t slots = count < 16 ? 16 : count < CACHE_SLOTS ? count : CACHE_SLOTS;
    if (memory_share(options, count, &indexer->share, indexer->fault) < 0 ||
        packfile_room(&indexer->file, options->hash->oid_len, count) < 0)
        return -1;
    indexer->table.announced = count;
    if (rebuild_open(&indexer->rebuild, &indexer->table, &indexer->tap, indexer->file.dir,
                     indexer->share.cache_first, slots, indexer->fault) < 0)
        return -1;
    indexer->rebuild.whole_max = indexer->share.whole;
    indexer->rebuild.linked_max = indexer->share.linked;
    unsigned processors = options->threads ? options->threads : work_processors();
    indexer->naming = (struct namer_options){
        .hash = options->hash,
        .shallow = options->shallow,
        .shallow_count = options->shallow_count,
        .base = options->base,
        .threads = count < THREADS_FROM ? 0 : processors - 1,
        .queue = indexer->share.queue,
    };
    indexer->namer = namer_open(&indexer->naming, &indexer->table, indexer->fault);
    return indexer->namer ? 0 : -1;
}

int indexer_run(struct reader *in, const struct indexer_options *options, const struct oid *wants,
                size_t want_count, struct indexer_result *out, struct fault *fault)
{
    uint32_t count;
    struct indexer *indexer = calloc(1, sizeof *indexer);
    if (indexer == NULL)
        return fault_set(fault, FAULT_LIMIT, "no memory to index a pack");
    indexer->options = options;
    indexer->fault = fault;
    indexer->rebuild.last.scratch = -1;
    objtable_open(&indexer->table, options->hash->oid_len, 0, fault);
    int rc = packfile_open(&indexer->file, options->git_dir, options->sync, fault);
    packtap_open(&indexer->tap, in, indexer->file.pack, options->hash);
    if (rc == 0)
        rc = pack_read_header(&indexer->tap.reader, &count);
    if (rc == 0)
        rc = prepare(indexer, count);
    if (rc == 0)
        rc = index_pack(indexer, wants, want_count, out);
    packfile_close(&indexer->file);
    namer_close(indexer->namer); /* drops what the pool of the next gave */
    rebuild_close(&indexer->rebuild);
    objtable_close(&indexer->table);
    free(indexer);
    return rc;
}
