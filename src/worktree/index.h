/* SPDX-License-Identifier: MIT */
/* The index, .git/index (gitformat-index, version 2): what git calls its staging area. */
#ifndef SMIDGIT_INDEX_H
#define SMIDGIT_INDEX_H

#include "proto/fault.h"
#include "proto/hash.h"
#include "proto/oid.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

struct index_entry {
    uint32_t ctime_s, ctime_ns, mtime_s, mtime_ns, dev, ino, mode, uid, gid, size;
    struct oid oid;
    const char *path; /* bytes, '/' between components, no NUL */
    size_t path_len;
};

/* The stat fields of ENTRY as git stores them (32-bit truncation included). */
void index_entry_stat(struct index_entry *entry, const struct stat *st);

/* Bytes, at least, of an index of COUNT entries whose paths have PATHS bytes with their NULs. */
uint64_t index_size(const struct hash_ops *hash, uint64_t count, uint64_t paths);

/* Writes .git/index v2 under git's lock. Entries must come sorted by path (memcmp, then length),
 * as a walk of a tree gives them. 0 or -1. */
struct index_writer;
struct index_writer *index_write_open(int git_dir, const struct hash_ops *hash, uint32_t count,
                                      struct fault *fault);
int index_write_entry(struct index_writer *writer, const struct index_entry *entry);
int index_write_close(struct index_writer *writer, bool sync); /* renames it into place */
void index_write_abort(struct index_writer *writer);           /* NULL is fine */

/* Reads the index BYTES[0..SIZE) of version 2 or 3, every field checked (K9). Calls ENTRY for each
 * entry, and stops when that does not return 0. 0 or -1. */
int index_read(const unsigned char *bytes, size_t size, const struct hash_ops *hash,
               int (*entry)(void *context, const struct index_entry *entry), void *context,
               struct fault *fault);

#endif
