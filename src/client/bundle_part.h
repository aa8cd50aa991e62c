/* SPDX-License-Identifier: MIT */
/* What came of a bundle's pack, kept for the next run of the same clone (repo/kept.h): byte for
 * byte as it was sent, so that the next run reads it as if it came again, and then the rest.
 * Nothing in it is believed: the hash at the pack's end speaks of all of it. */
#ifndef SMIDGIT_BUNDLE_PART_H
#define SMIDGIT_BUNDLE_PART_H

#include "proto/hash.h"
#include "remote/resource.h"
#include "repo/staging.h"
#include "system/file.h"

struct bundle_part {
    struct reader reader; /* the part, then RESOURCE */
    struct file_reader file;
    struct resource *resource;
    int fd;        /* -1: there is no part */
    uint64_t size; /* bytes of it */
    bool passed;   /* of the resource, too */
};

/* The name to keep it by: another URL, or another ETag, has another one. */
enum { BUNDLE_PART_NAME = OID_HEX + 5 };
void bundle_part_name(const struct hash_ops *hash, const char *url, const char *etag,
                      char out[BUNDLE_PART_NAME]);

/* Reads what is kept in STAGE as NAME (NULL: nothing), and after that RESOURCE, which stands where
 * the pack begins. bundle_part_close() follows. */
void bundle_part_open(struct bundle_part *part, struct staging *stage, const char *name,
                      struct resource *resource, struct fault *fault);
void bundle_part_close(struct bundle_part *part);

/* Keeps PACK, which is in STAGE's git_dir, as NAME, and nothing else, if it has more than *SIZE
 * bytes, which says how many are kept then. ANNOUNCED: it broke off (struct receive_rest), and so
 * many objects its head spoke of; 0: it is whole. 0, or -1 and the stage's fault. */
int bundle_part_keep(struct staging *stage, const char *name, const struct oid *pack,
                     uint32_t announced, uint64_t *size);

#endif
