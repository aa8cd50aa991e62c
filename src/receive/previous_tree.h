/* SPDX-License-Identifier: MIT */
/* Two versions of a directory stand next to each other in a pack, and differ in an entry or two.
 * What the second begins and ends with as the first does, in whole entries, was read already: only
 * what lies between is new, and only that has to be read for links.
 *
 *   the previous tree:   | a | b | c       | d | e |
 *   this one:            | a | b | another | d | e |
 *
 * Here `head` is where "another" begins, and `tail` is where d begins.
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
    size_t rest;           /* starts of the previous tree that are at or after tail */
    bool failed;           /* no memory for starts: this tree will not be kept */
};

/* BUFFER, a tree, is to be read: from last->head on. What is before it was in the previous tree,
 * and so was what follows last->tail, if the reader finds that an entry begins there. */
void previous_tree_begin(struct previous_tree *last, const struct buffer *buffer);

/* An entry begins at byte START. */
void previous_tree_start(struct previous_tree *last, size_t start);

/* BUFFER was read without a fault, to its end or (AT_TAIL) to the tail. It is the previous tree
 * now. */
void previous_tree_end(struct previous_tree *last, struct buffer *buffer, bool at_tail);

void previous_tree_close(struct previous_tree *last);

#endif
