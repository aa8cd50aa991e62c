/* SPDX-License-Identifier: MIT */
/* The index, .git/index (gitformat-index, versions 2 to 4): what git calls its staging area. */
#ifndef SMIDGIT_INDEX_H
#define SMIDGIT_INDEX_H

#include "proto/fault.h"
#include "proto/hash.h"
#include "proto/oid.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

/* Of index_entry.flags, and of .extended. */
enum {
    INDEX_ASSUME_VALID = 0x8000,  /* its file is taken for unmodified */
    INDEX_STAGES = 0x3000,        /* not 0: one side of a merge that is not finished */
    INDEX_SKIP_WORKTREE = 0x4000, /* extended: it shall have no file */
    INDEX_INTENT_TO_ADD = 0x2000  /* extended: only its name was added */
};

struct index_entry {
    uint32_t ctime_s, ctime_ns, mtime_s, mtime_ns, dev, ino, mode, uid, gid, size;
    struct oid oid;
    const char *path; /* bytes, '/' between components, no NUL */
    size_t path_len;
    uint16_t flags, extended; /* without the length of the path; extended: of version 3 */
    const unsigned char *raw; /* where index_read() found it, its id INDEX_ID bytes further on;
                                 NULL: of version 4, which drops what the path before has, too */
};
enum { INDEX_ID = 40 };

/* The stat fields of ENTRY as git stores them (32-bit truncation included). */
void index_entry_stat(struct index_entry *entry, const struct stat *st);

/* Bytes, at least, of an index of COUNT entries whose paths have PATHS bytes with their NULs. */
uint64_t index_size(const struct hash_ops *hash, uint64_t count, uint64_t paths);

/* What stands before the path of ENTRY, in OUT: the bytes of it. */
enum { INDEX_FIXED_MAX = 40 + OID_MAX + 4 };
size_t index_entry_pack(const struct index_entry *entry, unsigned char out[INDEX_FIXED_MAX]);

/* The reverse, for an entry that was checked: AT is its `raw`, or what index_entry_pack() gave with
 * the path and a NUL behind it. *OUT's path is there, and `raw` is AT. */
void index_entry_unpack(const unsigned char *at, size_t oid_len, struct index_entry *out);

/* Of such bytes, the path and the mode alone. */
const char *index_entry_path(const unsigned char *at, size_t oid_len);
uint32_t index_entry_mode(const unsigned char *at);

struct odb;

struct index_write_options {
    int git_dir;
    const char *name; /* of the index, below git_dir; its lock is NAME.lock */
    const struct hash_ops *hash;
    uint32_t version; /* 2; 3 when an entry has extended flags */
    uint32_t count;   /* entries that will come */
    struct odb *odb;  /* which trees are there, for the extension TREE; NULL: without */
    bool sync;
};

/* Writes an index. Entries must come sorted by path (memcmp, then length), as a walk of a tree
 * gives them. 0 or -1. */
struct index_writer;
struct index_writer *index_write_open(const struct index_write_options *options,
                                      struct fault *fault);
int index_write_entry(struct index_writer *writer, const struct index_entry *entry);

/* The same of an entry whose first SIZE bytes are at FIXED, as index_entry_pack() gave them: of
 * ENTRY itself its path, mode and id are used, and its flags. */
int index_write_packed(struct index_writer *writer, const unsigned char *fixed, size_t size,
                       const struct index_entry *entry);
int index_write_close(struct index_writer *writer);  /* renames it into place */
void index_write_abort(struct index_writer *writer); /* NULL is fine */

/* What stands behind the entries: the extension TREE, inside the bytes that were read. */
struct index_extensions {
    const unsigned char *trees; /* NULL: there is none */
    size_t trees_size;
};

/* Reads the index BYTES[0..SIZE), every field checked (K9). A split or a sparse index is refused by
 * name. Calls ENTRY for each entry, and stops when that does not return 0. EXTENSIONS may be NULL.
 * 0 or -1. */
int index_read(const unsigned char *bytes, size_t size, const struct hash_ops *hash,
               int (*entry)(void *context, const struct index_entry *entry), void *context,
               struct index_extensions *extensions, struct fault *fault);

#endif
