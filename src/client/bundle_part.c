/* SPDX-License-Identifier: MIT */
#include "client/bundle_part.h"

#include "proto/bytes.h"
#include "repo/kept_bundles.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { COUNT_AT = 8 }; /* bytes from the start of a pack: "PACK", version, number of objects */

void bundle_part_name(const struct hash_ops *hash, const char *url, const char *etag,
                      char out[BUNDLE_PART_NAME])
{
    union hash sum;
    struct oid oid;
    char hex[OID_HEX];
    hash->begin(&sum);
    hash->add(&sum, url, strlen(url) + 1);
    hash->add(&sum, etag, strlen(etag));
    hash->end(&sum, &oid);
    snprintf(out, BUNDLE_PART_NAME, "%s.pack", oid_hex(&oid, hex));
}

static int more(struct reader *reader)
{
    struct bundle_part *part = (struct bundle_part *)reader;
    int rc = part->passed ? 0 : reader_pass(reader, &part->file.reader);
    if (rc != 0)
        return rc;
    if (!part->passed && resource_skip(part->resource, part->size) < 0)
        return -1;
    part->passed = true;
    return reader_pass(reader, resource_reader(part->resource));
}

void bundle_part_open(struct bundle_part *part, struct staging *stage, const char *name,
                      struct resource *resource, struct fault *fault)
{
    struct stat st;
    part->reader = (struct reader){.more = more, .name = "bundle", .fault = fault};
    part->resource = resource;
    part->fd = name ? kept_bundle_open(stage, name) : -1;
    part->size = part->fd >= 0 && fstat(part->fd, &st) == 0 ? (uint64_t)st.st_size : 0;
    part->passed = part->size == 0;
    file_read_open(&part->file, part->fd, 0, part->size, "kept bundle", fault);
}

void bundle_part_close(struct bundle_part *part)
{
    if (part->fd >= 0)
        close(part->fd);
}

/* The pack in FD broke off, and was made one of its own (struct receive_rest): it is a part again,
 * without a hash at its end. *SIZE: bytes of it. 0 or -1. */
static int make_part(int fd, uint32_t announced, size_t hash, uint64_t *size)
{
    unsigned char count[4];
    struct stat st;
    if (fstat(fd, &st) < 0)
        return -1;
    *size = (uint64_t)st.st_size - (announced > 0 ? hash : 0);
    if (announced == 0)
        return 0;
    bytes_put32(count, announced);
    return ftruncate(fd, (off_t)*size) == 0 &&
                   pwrite(fd, count, sizeof count, COUNT_AT) == (ssize_t)sizeof count
               ? 0
               : -1;
}

int bundle_part_keep(struct staging *stage, const char *name, const struct oid *pack,
                     uint32_t announced, uint64_t *size)
{
    char path[OID_HEX + 32], hex[OID_HEX];
    snprintf(path, sizeof path, "objects/pack/pack-%s.pack", oid_hex(pack, hex));
    int fd = fchmodat(stage->git_dir, path, 0600, 0) < 0
                 ? -1
                 : openat(stage->git_dir, path, O_RDWR | O_NOFOLLOW | O_CLOEXEC);
    uint64_t least = *size;
    int rc = fd < 0 ? -1 : make_part(fd, announced, pack->len, size);
    if (rc < 0)
        fault_set(stage->fault, FAULT_LOCAL, "cannot keep what came of a bundle: %s",
                  strerror(errno));
    if (fd >= 0)
        close(fd);
    if (rc == 0 && *size > least)
        return kept_bundle_keep(stage, path, name);
    *size = least;
    return rc;
}
