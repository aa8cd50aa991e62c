/* SPDX-License-Identifier: MIT */
#include "receive/thin_pack.h"

#include "objects/deflate.h"
#include "receive/base_batch.h"
#include "system/array.h"
#include "system/file.h"
#include "system/fs.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int thin_pack_link(struct odb *base, const struct oid *oid, enum object_type type,
                   struct fault *fault)
{
    enum object_type found;
    char hex[OID_HEX];
    int here = odb_type(base, oid, &found);
    if (here == 0)
        return 0;
    if (here < 0)
        return fault_set(fault, FAULT_PROTOCOL, "object %s, which is here, cannot be read",
                         oid_hex(oid, hex));
    if (found != type)
        return fault_set(fault, FAULT_PROTOCOL, "object %s is a %s here, but is linked to as a %s",
                         oid_hex(oid, hex), pack_type_name(found), pack_type_name(type));
    return 1;
}

struct appending {
    struct bases *bases;
    struct namer *namer;
    struct base_batch batches[2]; /* one is filled while the other is compressed */
    unsigned filled;
    bool threads;
    struct deflate *deflate; /* for what is in no batch */
};

enum { BATCHES_FROM = 64 /* bases: fewer are compressed before a thread is there */ };

/* Appends to the pack's file, and counts the CRC-32 of the entry. */
struct appender {
    struct writer writer;
    int fd;
    uint32_t crc;
};

static int appender_put(struct writer *writer, const void *bytes, size_t size)
{
    struct appender *appender = (struct appender *)writer;
    appender->crc = inflate_crc(appender->crc, bytes, size);
    return fs_put(appender->fd, bytes, size, "the pack", writer->fault);
}

/* Appends one object at once. */
static int append_one(struct appending *appending, enum object_type type,
                      const unsigned char *bytes, size_t size)
{
    struct spool *spool = appending->bases->spool;
    struct arrivals *table = appending->bases->table;
    unsigned char head[PACK_ENTRY_HEAD_MAX];
    struct appender out = {
        .writer = {.put = appender_put, .name = "pack", .fault = spool->reader.fault},
        .fd = spool->fd,
    };
    uint32_t number;
    if (appending->deflate == NULL)
        appending->deflate = deflate_open(spool->reader.fault);
    if (appending->deflate == NULL || arrivals_add(table, spool->written, &number) < 0 ||
        writer_put(&out.writer, head, pack_format_entry(head, type, size)) < 0 ||
        deflate_write(appending->deflate, &out.writer, bytes, size) < 0)
        return -1;
    spool->written += out.writer.offset;
    table->arrivals[number].crc = out.crc;
    arrival_set_type(&table->arrivals[number], type);
    return namer_known(appending->namer, number, type, bytes, size);
}

/* Back to where the trailer began. */
static int drop_trailer(struct spool *spool)
{
    spool->written -= spool->ops->oid_len;
    if (ftruncate(spool->fd, (off_t)spool->written) < 0 ||
        lseek(spool->fd, (off_t)spool->written, SEEK_SET) < 0)
        return fault_set(spool->reader.fault, FAULT_LOCAL, "cannot extend the pack: %s",
                         strerror(errno));
    return 0;
}

/* A base that is to be appended: where it is, and the number of its name in the table. */
struct needed {
    uint64_t offset;
    uint32_t pack, name;
};

static int by_place(const void *a, const void *b)
{
    const struct needed *x = a, *y = b;
    if (x->pack != y->pack)
        return x->pack < y->pack ? -1 : 1;
    if (x->offset != y->offset)
        return x->offset < y->offset ? -1 : 1;
    return x->name < y->name ? -1 : x->name > y->name;
}

/* Lists what waiting entries wait for and ODB has, in the order of its packs: deltas that lie
 * together share most of the way to their base. What is in none stands last. 0 or -1. */
static int list_needed(const struct arrivals *table, struct odb *odb, size_t memory,
                       struct needed **out, size_t *count)
{
    size_t room = 0;
    *out = NULL;
    *count = 0;
    for (uint32_t number = 0; number < table->arrived; number++) {
        const struct arrival *arrival = &table->arrivals[number];
        if (arrival_type(arrival) != OBJECT_NONE || !arrival_waits_for_name(arrival) ||
            arrivals_named(table, arrival->base) != ARRIVALS_NONE)
            continue;
        struct oid oid = arrivals_oid(table, arrival->base);
        if (!odb_has(odb, &oid))
            continue;
        struct place place = {.pack = UINT32_MAX};
        odb_where(odb, &oid, &place);
        struct needed one = {place.offset, place.pack, arrival->base};
        struct needed *more =
            *count < memory / sizeof *more ? array_room(*out, *count, &room, sizeof *more) : NULL;
        if (more == NULL)
            return fault_set(table->fault, FAULT_LIMIT, "no memory for bases of a thin pack");
        *out = more;
        more[(*count)++] = one;
    }
    if (*count > 0)
        qsort(*out, *count, sizeof **out, by_place);
    return 0;
}

/* Appends what the other thread has compressed, if there is anything. */
static int append_batch(struct bases *bases, struct namer *namer, struct base_batch *batch)
{
    struct spool *spool = bases->spool;
    if (batch->count == 0)
        return 0;
    if (base_batch_end(batch, spool->reader.fault) < 0 ||
        fs_put(spool->fd, batch->packed.bytes, batch->packed.used, "the pack",
               spool->reader.fault) < 0)
        return -1;
    for (size_t i = 0; i < batch->count; i++) {
        const struct batch_item *item = &batch->items[i];
        uint32_t number;
        if (arrivals_add(bases->table, spool->written, &number) < 0)
            return -1;
        struct arrival *arrival = &bases->table->arrivals[number];
        arrival->crc = item->crc;
        arrival_set_type(arrival, item->type);
        spool->written += item->entry;
        if (namer_known(namer, number, item->type, batch->bytes + item->at, item->size) < 0)
            return -1;
    }
    base_batch_clear(batch);
    return 0;
}

/* What is being compressed is appended, and what was filled is compressed next; BESIDE that, or
 * what follows. */
static int turn(struct appending *appending, bool beside)
{
    struct base_batch *filled = &appending->batches[appending->filled];
    struct base_batch *other = &appending->batches[!appending->filled];
    if (filled->count > 0)
        base_batch_start(filled, beside || other->count > 0);
    appending->filled = !appending->filled;
    return append_batch(appending->bases, appending->namer, other);
}

static int append_base(struct appending *appending, struct odb *odb, const struct oid *oid)
{
    struct bases *bases = appending->bases;
    struct fault *fault = bases->spool->reader.fault;
    const unsigned char *bytes;
    enum object_type type;
    size_t size;
    if (odb_read(odb, oid, bases->bodies.linked_max, &type, &bytes, &size) < 0)
        return -1;
    if (!appending->threads)
        return append_one(appending, type, bytes, size);
    int rc = base_batch_add(&appending->batches[appending->filled], type, bytes, size, fault);
    if (rc != 0)
        return rc < 0 ? -1 : 0;
    if (turn(appending, true) < 0)
        return -1;
    if (size <= BATCH_BYTES)
        return base_batch_add(&appending->batches[appending->filled], type, bytes, size, fault) < 0
                   ? -1
                   : 0;
    return turn(appending, false) < 0 ? -1 : append_one(appending, type, bytes, size);
}

int thin_pack_append(struct bases *bases, struct namer *namer,
                     const struct thin_pack_options *options, uint32_t *added)
{
    struct odb *odb = options->odb;
    struct appending appending = {.bases = bases, .namer = namer, .threads = options->threads};
    struct needed *needed;
    size_t count;
    int rc = list_needed(bases->table, odb, options->memory, &needed, &count);
    *added = 0;
    appending.threads = appending.threads && count >= BATCHES_FROM;
    base_batch_open(&appending.batches[0]);
    base_batch_open(&appending.batches[1]);
    if (rc == 0 && count > 0)
        rc = drop_trailer(bases->spool);
    for (size_t i = 0; rc == 0 && i < count; i++) {
        if (i > 0 && needed[i].name == needed[i - 1].name)
            continue;
        struct oid oid = arrivals_oid(bases->table, needed[i].name);
        rc = append_base(&appending, odb, &oid);
        ++*added;
    }
    for (int i = 0; rc == 0 && i < 2; i++)
        rc = turn(&appending, false);
    base_batch_close(&appending.batches[0]);
    base_batch_close(&appending.batches[1]);
    deflate_close(appending.deflate);
    free(needed);
    return rc;
}

static int hash_file(struct spool *spool, struct oid *out)
{
    struct file_reader in;
    union hash hash;
    int rc;
    spool->ops->begin(&hash);
    file_read_open(&in, spool->fd, 0, spool->written, "pack", spool->reader.fault);
    while ((rc = reader_fill(&in.reader)) == 1) {
        spool->ops->add(&hash, in.reader.at, (size_t)(in.reader.end - in.reader.at));
        in.reader.at = in.reader.end;
    }
    spool->ops->end(&hash, out);
    return rc;
}

int thin_pack_finish(struct spool *spool, uint32_t count, struct oid *pack_hash)
{
    unsigned char header[PACK_HEADER];
    size_t size = pack_format_header(header, count);
    if (pwrite(spool->fd, header, size, 0) != (ssize_t)size)
        return fault_set(spool->reader.fault, FAULT_LOCAL, "cannot rewrite the pack's header: %s",
                         strerror(errno));
    if (hash_file(spool, pack_hash) < 0 ||
        fs_put(spool->fd, pack_hash->id, pack_hash->len, "the pack", spool->reader.fault) < 0)
        return -1;
    spool->written += pack_hash->len;
    return 0;
}
