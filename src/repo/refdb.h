/* SPDX-License-Identifier: MIT */
/* References on disk: loose files, packed-refs, HEAD (gitrepository-layout; git-pack-refs). */
#ifndef SMIDGIT_REFDB_H
#define SMIDGIT_REFDB_H

#include "proto/fault.h"
#include "proto/oid.h"
#include "repo/repo_lock.h"

#include <stdbool.h>
#include <stddef.h>

struct refdb_entry {
    const char *folder;       /* what stands before the name: "refs/remotes/origin/", or "" */
    const char *name;         /* FOLDER and NAME as one are valid by refs_name_valid() */
    const struct oid *oid;    /* borrowed, as the texts */
    const struct oid *peeled; /* NULL when there is none */
};

/* Writes packed-refs ("# pack-refs with: peeled fully-peeled sorted") with ENTRIES, which are
 * sorted by name in place. Without entries no file is written. A name that is also the directory of
 * another ("m" and "m/x", R2) is a FAULT_PROTOCOL. 0 or -1. */
int refdb_write_packed(int git_dir, struct refdb_entry *entries, size_t count, bool sync,
                       struct fault *fault);

/* Writes one loose reference (a file below refs/ with the hexadecimal id). 0 or -1. */
int refdb_write_loose(int git_dir, const char *name, const struct oid *oid, bool sync,
                      struct fault *fault);

/* A symbolic reference: NAME ("HEAD", "refs/remotes/origin/HEAD") holds "ref: TARGET". 0 or -1. */
int refdb_write_symbolic(int git_dir, const char *name, const char *target, bool sync,
                         struct fault *fault);

/* HEAD detached at OID. 0 or -1. */
int refdb_write_detached(int git_dir, const struct oid *oid, bool sync, struct fault *fault);

/* Reads packed-refs, every line checked (K9). Calls ENTRY for each reference, and stops when that
 * does not return 0. 0 or -1. */
int refdb_read_packed(const char *text, size_t size,
                      int (*entry)(void *context, const struct refdb_entry *entry), void *context,
                      struct fault *fault);

#define REFDB_PACKED_MAX ((size_t)1 << 30) /* bytes of packed-refs */

/* Writes packed-refs again without those for which GONE says yes. 0 or -1. */
int refdb_remove_packed(int git_dir, bool (*gone)(void *context, const char *name), void *context,
                        struct repo_lock *lock, bool sync, struct fault *fault);

/* Appends one line to the reflog logs/NAME as git does for a clone ("clone: from URL"). */
int refdb_log(int git_dir, const char *name, const struct oid *old, const struct oid *new,
              const char *who, const char *message, struct fault *fault);

#endif
