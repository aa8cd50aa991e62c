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

enum {
    REFS_NAME_MAX = 1024
}; /* bytes of a name with NUL: longer ones do not fit in a file system */

/* One reference. Strings hold until the next read. */
struct ref {
    const char *name; /* NUL-terminated */
    struct oid oid;   /* null when unborn */
    bool has_peeled;
    struct oid peeled;         /* what the annotated tag points to */
    const char *symref_target; /* or NULL */
    bool unborn;               /* v2: HEAD points to a branch that does not exist yet */
};

/* By git-check-ref-format's rules, and at most REFS_NAME_MAX - 1 bytes. ONE_LEVEL allows names
 * without '/' such as HEAD. */
bool refs_name_valid(const char *name, size_t size, bool one_level);

/* The GET's answer. PKT is at the first line. Reads "# service=git-upload-pack" and its flush when
 * they are there (R4), and the version. For v2 reads the whole advertisement into CAPS. For v0/v1
 * *CAPS comes with the first refs_next(). */
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

/* Reads the start of the advertisement. CAPS->version says what it is. With version 2 the
 * advertisement is then read whole; else refs_next() gives the references. 0 or -1. */
int refs_discover(struct refs_reader *refs, struct pkt_reader *pkt, struct caps *caps);

/* v2: writes an ls-refs request: peel, symrefs, unborn where CAPS has it, and the prefixes. */
int refs_write_ls(struct pkt_writer *out, const struct caps *caps, const char *agent,
                  const char *const *prefixes, size_t count);

/* v2: the answer to it begins at PKT. */
void refs_open_ls(struct refs_reader *refs, struct pkt_reader *pkt, struct caps *caps);

/* The next reference, with its peeled id (v0's "^{}" line is merged into it): 1, 0 at the flush,
 * after which the caller makes sure that the stream ends, -1. */
int refs_next(struct refs_reader *refs, struct ref *out);

#endif
