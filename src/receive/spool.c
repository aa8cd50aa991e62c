/* SPDX-License-Identifier: MIT */
#include "receive/spool.h"

#include "proto/inflate.h"
#include "system/fs.h"

#include <inttypes.h>

static int keep(struct spool *spool)
{
    size_t size = (size_t)(spool->reader.at - spool->kept);
    if (size == 0)
        return 0;
    spool->ops->add(&spool->hash, spool->kept, size);
    if (fs_put(spool->fd, spool->kept, size, "the pack", spool->reader.fault) < 0)
        return -1;
    spool->written += size;
    spool->kept = spool->reader.at;
    return 0;
}

static void count(struct spool *spool)
{
    spool->crc =
        inflate_crc(spool->crc, spool->counted, (size_t)(spool->reader.at - spool->counted));
    spool->counted = spool->reader.at;
}

static int spool_more(struct reader *reader)
{
    struct spool *spool = (struct spool *)reader;
    count(spool);
    if (keep(spool) < 0)
        return -1;
    int rc = reader_pass(reader, spool->below);
    if (rc == 1)
        spool->kept = spool->counted = reader->at;
    return rc;
}

void spool_open(struct spool *spool, struct reader *below, int fd, const struct hash_ops *ops)
{
    *spool = (struct spool){
        .reader = {.more = spool_more, .name = "pack", .fault = below->fault},
        .below = below,
        .ops = ops,
        .fd = fd,
    };
    ops->begin(&spool->hash);
}

void spool_entry(struct spool *spool)
{
    spool->counted = spool->reader.at;
    spool->crc = 0;
}

uint32_t spool_crc(struct spool *spool)
{
    count(spool);
    return spool->crc;
}

int spool_flush(struct spool *spool)
{
    return keep(spool);
}

int spool_trailer(struct spool *spool, struct oid *out)
{
    struct oid hash, said = {.len = (unsigned char)spool->ops->oid_len};
    char got[OID_HEX], expected[OID_HEX];
    uint64_t at = reader_tell(&spool->reader);
    if (keep(spool) < 0)
        return -1;
    spool->ops->end(&spool->hash, &hash);
    spool->ops->begin(&spool->hash); /* the trailer itself is written, but not part of the hash */
    if (reader_read(&spool->reader, said.id, said.len) < 0 || keep(spool) < 0)
        return -1;
    if (!oid_equal(&hash, &said))
        return fault_set(spool->reader.fault, FAULT_PROTOCOL,
                         "pack: the trailer at byte %" PRIu64 " is %s, but the bytes before it "
                         "hash to %s",
                         at, oid_hex(&said, got), oid_hex(&hash, expected));
    spool->below->at = spool->reader.at;
    spool->reader.end = spool->reader.at;
    *out = hash;
    return 0;
}
