/* SPDX-License-Identifier: MIT */
/* Reference-counted object bytes. */
#ifndef SMIDGIT_BUFFER_H
#define SMIDGIT_BUFFER_H

#include "proto/fault.h"

#include <stddef.h>
#include <stdint.h>

struct buffer {
    struct bufferpool *pool; /* where it goes back to, or NULL */
    struct buffer *next;     /* in the pool */
    size_t size, room;       /* bytes: its own, and those it has */
    _Atomic unsigned users;  /* dropped by the last one that lets go, on whichever thread */
    unsigned char bytes[];
};

/* Buffers to be used again: allocators give large pieces back to the system at once, and fetching
 * them anew costs as much as filling them. One thread takes; any may drop. */
enum {
    BUFFERPOOL_CLASSES = 40,
    BUFFERPOOL_KEEP = 512 * 1024 /* bytes that it has at most, besides the most that were in use */
};
struct bufferpool {
    struct buffer *idle[BUFFERPOOL_CLASSES]; /* by room: four sizes for each power of two */
    uint64_t asked[BUFFERPOOL_CLASSES];      /* when a class was last asked for */
    uint64_t clock;
    size_t kept, used, most;        /* bytes that lie idle, that do not, and did not at most */
    struct buffer *_Atomic dropped; /* not sorted yet */
};

/* Frees what lies idle; every buffer has been dropped. */
void bufferpool_close(struct bufferpool *pool);

/* SIZE bytes, held once by the caller, and room for SLACK more; out of POOL, which starts as zeros,
 * unless that is NULL. NULL and FAULT_LIMIT when there is no memory. */
struct buffer *buffer_make(struct bufferpool *pool, size_t size, size_t slack, struct fault *fault);
struct buffer *buffer_hold(struct buffer *buffer); /* one user more; returns it */
void buffer_drop(struct buffer *buffer);           /* one user less; NULL is fine */

#endif
