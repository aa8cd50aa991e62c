/* SPDX-License-Identifier: MIT */
/* The tree that was read before this one.
 *
 * The versions of a directory stand together in a pack and differ in an entry or two. What two of
 * them begin with and end with alike, in whole entries, was read once already.
 *
 *   last   | a | b | c    | d | e |
 *   this   | a | b | new entry | d | e |
 *                  ^ head       ^ tail
 */
#ifndef SMIDGIT_PREVIOUS_TREE_H
#define SMIDGIT_PREVIOUS_TREE_H

#include "objects/buffer.h"

#include <stdbool.h>

struct starts {
    uint32_t *at; /* offsets where entries begin, ascending */
    size_t count, room;
};

struct previous_tree {
    struct buffer *buffer; /* held; NULL: none */
    struct starts starts;  /* of entries of it: all of them, or some */
    struct starts next;    /* of the tree that is being read */
    size_t head, tail;     /* bytes of that tree: where the new begins, and where it may end */
    size_t rest;           /* starts of the last tree that are at or after tail */
    bool failed;           /* no memory for starts: this tree will not be kept */
};

/* Reading BUFFER, a tree, begins: only what is from last->head on, up to last->tail if an entry
 * begins there, is not known. */
void previous_tree_begin(struct previous_tree *last, const struct buffer *buffer);

/* An entry begins at byte START. */
void previous_tree_start(struct previous_tree *last, size_t start);

/* BUFFER was read without a fault, to its end or (AT_TAIL) to the tail. It is the last tree now. */
void previous_tree_end(struct previous_tree *last, struct buffer *buffer, bool at_tail);

void previous_tree_close(struct previous_tree *last);

#endif
