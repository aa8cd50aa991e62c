/* SPDX-License-Identifier: MIT */
/* References as a server lists them, and what a reference may be called.
 *
 * v0, v1: gitprotocol-pack, "Reference Discovery". v2: gitprotocol-v2, "ls-refs".
 */
#ifndef PROTO_REFS_H
#define PROTO_REFS_H

#include "caps.h"
#include "oid.h"
#include "pkt.h"

#include <stdbool.h>

/* Bytes of a name with its NUL. Longer names do not fit in a file system. */
enum { REFS_NAME_MAX = 1024 };

/* One reference. Strings hold until the next read. */
struct ref {
    const char *name; /* NUL-terminated */
    struct oid oid;   /* null when unborn */
    bool has_peeled;
    struct oid peeled;         /* what the annotated tag points to */
    const char *symref_target; /* or NULL */
    bool unborn;               /* v2: HEAD points to a branch that does not exist yet */
};

/* Whether a reference may be called NAME[0..SIZE): by git-check-ref-format's rules, and at most
 * REFS_NAME_MAX - 1 bytes. ONE_LEVEL allows names without a '/', such as HEAD. */
bool refs_name_valid(const char *name, size_t size, bool one_level);

/* A list of references while it is read: what follows the capabilities in the answer to the GET
 * (v0, v1), or the answer to ls-refs (v2). */
struct refs_reader {
    struct pkt_line line;
    struct caps *caps;
    char head_target[REFS_NAME_MAX]; /* v0: from symref=HEAD:... */
    char name[REFS_NAME_MAX], target[REFS_NAME_MAX];
    bool at_line;                /* `line` is already the next one */
    bool started, ended, listed; /* listed: only "shallow" lines may follow */
    bool held;                   /* v0: a reference that waits for its "^{}" line */
    struct oid held_oid;
    char held_name[REFS_NAME_MAX];
    void (*shallow)(void *, const struct oid *); /* v0: the server is shallow here; or NULL. Set
                                                    after refs_discover() */
    void *context;
};

/* Begins to read the answer to the GET, of which PKT gives the first line next: skips
 * "# service=git-upload-pack" and its flush when they are there (R4), and sets CAPS->version. In
 * version 2 all of the answer is read, and CAPS is complete. In versions 0 and 1 refs_next() gives
 * the references, and the rest of CAPS comes with the first of them. 0 or -1. */
int refs_discover(struct refs_reader *refs, struct pkt_reader *pkt, struct caps *caps);

/* v2: writes an ls-refs request with peel, symrefs, unborn where CAPS has it, and the PREFIXES that
 * names are to begin with. 0 or -1. */
int refs_write_ls(struct pkt_writer *out, const struct caps *caps, const char *agent,
                  const char *const *prefixes, size_t count);

/* v2: PKT gives the first line of the answer to ls-refs next. */
void refs_open_ls(struct refs_reader *refs, struct pkt_reader *pkt, struct caps *caps);

/* Reads the next reference, its peeled id included (v0 has that on a line of its own, "NAME^{}").
 * Returns 1; 0 at the flush, behind which the caller makes sure that the stream ends; -1. */
int refs_next(struct refs_reader *refs, struct ref *out);

#endif
