/* SPDX-License-Identifier: MIT */
#include "receive/spool.h"

#include "proto/inflate.h"
#include "system/fs.h"

#include <inttypes.h>

static int keep(struct spool *tap)
{
    size_t size = (size_t)(tap->reader.at - tap->kept);
    if (size == 0)
        return 0;
    tap->ops->add(&tap->hash, tap->kept, size);
    if (fs_put(tap->fd, tap->kept, size, "the pack", tap->reader.fault) < 0)
        return -1;
    tap->written += size;
    tap->kept = tap->reader.at;
    return 0;
}

static void count(struct spool *tap)
{
    tap->crc = inflate_crc(tap->crc, tap->counted, (size_t)(tap->reader.at - tap->counted));
    tap->counted = tap->reader.at;
}

static int tap_more(struct reader *reader)
{
    struct spool *tap = (struct spool *)reader;
    count(tap);
    if (keep(tap) < 0)
        return -1;
    int rc = reader_fill(tap->below);
    if (rc <= 0)
        return rc;
    reader->at = tap->kept = tap->counted = tap->below->at;
    reader->end = tap->below->end;
    reader->offset += (uint64_t)(reader->end - reader->at);
    tap->below->at = tap->below->end;
    return 1;
}

void spool_open(struct spool *tap, struct reader *below, int fd, const struct hash_ops *ops)
{
    *tap = (struct spool){
        .reader = {.more = tap_more, .name = "pack", .fault = below->fault},
        .below = below,
        .ops = ops,
        .fd = fd,
    };
    ops->begin(&tap->hash);
}

void spool_entry(struct spool *tap)
{
    tap->counted = tap->reader.at;
    tap->crc = 0;
}

uint32_t spool_crc(struct spool *tap)
{
    count(tap);
    return tap->crc;
}

int spool_flush(struct spool *tap)
{
    return keep(tap);
}

int spool_trailer(struct spool *tap, struct oid *out)
{
    struct oid hash, said = {.len = (unsigned char)tap->ops->oid_len};
    char got[OID_HEX], expected[OID_HEX];
    uint64_t at = reader_tell(&tap->reader);
    if (keep(tap) < 0)
        return -1;
    tap->ops->end(&tap->hash, &hash);
    tap->ops->begin(&tap->hash); /* the trailer itself is written, but not part of the hash */
    if (reader_read(&tap->reader, said.id, said.len) < 0 || keep(tap) < 0)
        return -1;
    if (!oid_equal(&hash, &said))
        return fault_set(tap->reader.fault, FAULT_PROTOCOL,
                         "pack: the trailer at byte %" PRIu64 " is %s, but the bytes before it "
                         "hash to %s",
                         at, oid_hex(&said, got), oid_hex(&hash, expected));
    tap->below->at = tap->reader.at;
    tap->reader.end = tap->reader.at;
    *out = hash;
    return 0;
}
