/* SPDX-License-Identifier: MIT */
/* History in memory as far as it was looked at: each commit is read once, and walks take the newest
 * first (git-rev-list, "Commit Ordering"). */
#ifndef SMIDGIT_COMMITS_H
#define SMIDGIT_COMMITS_H

#include "objects/odb.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define COMMIT_NONE UINT32_MAX /* the number of no commit */

/* Commits are known by numbers: what is read later moves them in memory. */
struct commit {
    struct oid oid;
    unsigned char flags; /* the walk's own; 0 at first */
    uint16_t skip, wait; /* client/negotiate's */
    uint32_t parents;    /* where their numbers begin in commits->parents */
    uint32_t parent_count;
    bool read;     /* parents and date are known */
    uint64_t date; /* of the committer, seconds since 1970 */
};

struct commits {
    struct odb *odb;
    const struct oid *shallow; /* sorted: what has no parents here */
    size_t shallow_count;
    struct commit *commits;
    uint32_t count, room;
    uint32_t *parents; /* numbers */
    uint32_t parent_count, parent_room;
    uint32_t *slots; /* a table by id: a number + 1, or 0 */
    size_t slot_count;
    struct fault *fault;
};

/* SHALLOW is sorted and borrowed, as ODB. commits_close() follows. */
void commits_open(struct commits *commits, struct odb *odb, const struct oid *shallow,
                  size_t shallow_count, struct fault *fault);
void commits_close(struct commits *commits); /* zeros are fine */

/* The number of the commit OID, read or not. 0 or -1 (memory). */
int commits_number(struct commits *commits, const struct oid *oid, uint32_t *out);

/* The number of the commit OID if it was met before, else COMMIT_NONE. */
uint32_t commits_find(const struct commits *commits, const struct oid *oid);

/* Reads commit NUMBER, unless that was done: parents and date. Parents get numbers, and are not
 * read. 0, or -1: it is missing, or none. */
int commits_read(struct commits *commits, uint32_t number);

/* A queue of commits that were read, the newest first. */
struct commit_queue {
    uint32_t *numbers;
    size_t count, room;
};
int commit_queue_push(struct commit_queue *queue, const struct commits *commits, uint32_t number);
uint32_t commit_queue_pop(struct commit_queue *queue, const struct commits *commits);
void commit_queue_close(struct commit_queue *queue);

/* Whether ANCESTOR is DESCENDANT, or one of those before it: 1, 0, -1. */
int commits_is_ancestor(struct commits *commits, const struct oid *ancestor,
                        const struct oid *descendant);

#endif
