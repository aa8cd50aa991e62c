/* SPDX-License-Identifier: MIT */
/* Commits, trees and tags: what they point to; and which names a working tree accepts. */
#ifndef PROTO_OBJECT_H
#define PROTO_OBJECT_H

#include "hash.h"
#include "oid.h"
#include "pack.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    OBJECT_NAME_MAX = 255,  /* bytes of an entry's name in a tree that is checked out (P7) */
    OBJECT_PATH_MAX = 4096, /* bytes of a path in the working tree, with NUL (P7) */
    OBJECT_DEPTH_MAX = 2048 /* directories below each other (P7) */
};

/* The name of an object: the hash of "TYPE SIZE\0" and its bytes. 0, or -1 as HASH says (R12). */
int object_name(const struct hash_ops *hash, enum object_type type, const void *bytes, size_t size,
                struct oid *out);

/* git's five modes. */
enum {
    MODE_TREE = 040000,
    MODE_FILE = 0100644,
    MODE_EXECUTABLE = 0100755,
    MODE_SYMLINK = 0120000,
    MODE_GITLINK = 0160000
};

/* Walks what an object of TYPE points to. BYTES must outlive the walk. */
struct object_links {
    const unsigned char *start, *at, *end;
    enum object_type type;
    size_t oid_len;
    int stage; /* which line of a commit or tag comes next: object.c */
};
struct object_link {
    const unsigned char *id; /* oid_len bytes, inside the object (tree) or `parsed` */
    unsigned char parsed[OID_MAX];
    enum object_type type; /* of what is pointed to; gitlinks are not given */
};
void object_links_open(struct object_links *links, enum object_type type, const void *bytes,
                       size_t size, size_t oid_len);
/* The next link: 1, 0 at the end, -1 with FAULT_PROTOCOL when it can't be parsed (K10: style that
 * fsck only warns about is no fault). A blob has none. */
int object_links_next(struct object_links *links, struct object_link *out, struct fault *fault);

/* A tree's entries, in order. */
struct tree_entry {
    uint32_t mode;    /* as stored, zero padding ignored; canonical by object_mode() */
    const char *name; /* NUL-terminated, inside the tree */
    size_t name_len;
    const unsigned char *id;
    bool again; /* the name occurred before, maybe not just before: a, a.b, a/ is git's order */
};
struct tree_cursor {
    const unsigned char *start, *at, *end;
    size_t oid_len;
    const char *last; /* the previous entry's name */
    size_t last_len;
    uint32_t seen[OBJECT_NAME_MAX / 32 + 1]; /* bit n: last's first n bytes were a name too */
};
void tree_open(struct tree_cursor *tree, const void *bytes, size_t size, size_t oid_len);
/* 1, 0 at the end, -1 FAULT_PROTOCOL (truncated, mode that is not octal). */
int tree_next(struct tree_cursor *tree, struct tree_entry *out, struct fault *fault);

/* 100664 -> 100644, 100700 -> 100755 and so on, as git reads them; 0 when it is no mode at all. */
uint32_t object_mode(uint32_t mode);

/* What a tree must be to be checked out (P1, P2, P6, P7): sorted by git's rule, no duplicates,
 * names that can do no harm, ids not null, modes canonical. To be called for each entry in order,
 * with the entry before it, which is NULL for the first. 0, or -1 with FAULT_PROTOCOL. */
int tree_entry_check(const struct tree_entry *prev, const struct tree_entry *entry, size_t oid_len,
                     struct fault *fault);

/* Whether NAME[0..SIZE), one component of a path, is one that no working tree may contain (P1, P2,
 * P6). SYMLINK: it is the name of a symlink, which .gitmodules may not be. Returns NULL when it is
 * fine, else why it is refused. */
const char *object_name_refused(const char *name, size_t size, bool symlink);

#endif
