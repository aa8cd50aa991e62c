/* SPDX-License-Identifier: MIT */
#include "receive/thin_pack.h"

#include "objects/deflate.h"
#include "system/file.h"
#include "system/fs.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

int thin_pack_link(struct odb *base, const struct oid *oid, enum object_type type,
                   struct fault *fault)
{
    enum object_type found;
    char hex[OID_HEX];
    if (!odb_has(base, oid))
        return 0;
    if (odb_type(base, oid, &found) < 0)
        return fault_set(fault, FAULT_PROTOCOL, "object %s, which is here, cannot be read",
                         oid_hex(oid, hex));
    if (found != type)
        return fault_set(fault, FAULT_PROTOCOL, "object %s is a %s here, but is linked to as a %s",
                         oid_hex(oid, hex), pack_type_name(found), pack_type_name(type));
    return 1;
}

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

static int append_entry(struct spool *spool, enum object_type type, const unsigned char *bytes,
                        size_t size, struct arrival *arrival)
{
    unsigned char head[PACK_ENTRY_HEAD_MAX];
    struct appender out = {
        .writer = {.put = appender_put, .name = "pack", .fault = spool->reader.fault},
        .fd = spool->fd,
    };
    if (writer_put(&out.writer, head, pack_format_entry(head, type, size)) < 0 ||
        deflate_write(&out.writer, bytes, size) < 0)
        return -1;
    spool->written += out.writer.offset;
    arrival->crc = out.crc;
    arrival_set_type(arrival, type);
    return 0;
}

static int append_base(struct bases *bases, struct namer *namer, struct odb *odb,
                       const struct oid *oid)
{
    struct arrivals *table = bases->table;
    const unsigned char *bytes;
    enum object_type type;
    uint32_t number;
    size_t size;
    if (odb_read(odb, oid, bases->bodies.linked_max, &type, &bytes, &size) < 0 ||
        arrivals_add(table, bases->spool->written, &number) < 0 ||
        append_entry(bases->spool, type, bytes, size, &table->arrivals[number]) < 0)
        return -1;
    return namer_known(namer, number, type, bytes, size);
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

int thin_pack_append(struct bases *bases, struct namer *namer, struct odb *odb, uint32_t *added)
{
    struct arrivals *table = bases->table;
    uint32_t received = table->arrived;
    *added = 0;
    for (uint32_t number = 0; number < received; number++) {
        struct arrival *arrival = &table->arrivals[number];
        if (arrival_type(arrival) != OBJECT_NONE || !arrival_waits_for_name(arrival) ||
            arrivals_named(table, arrival->base) != ARRIVALS_NONE)
            continue;
        struct oid oid = arrivals_oid(table, arrival->base);
        if (!odb_has(odb, &oid))
            continue;
        if (*added == 0 && drop_trailer(bases->spool) < 0)
            return -1;
        if (append_base(bases, namer, odb, &oid) < 0)
            return -1;
        ++*added;
    }
    return 0;
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
