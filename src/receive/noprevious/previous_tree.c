/* SPDX-License-Identifier: MIT */
/* For the smallest build: every tree is read from its beginning to its end. */
#include "receive/previous_tree.h"

void previous_tree_begin(struct previous_tree *last, const struct buffer *buffer)
{
    last->tail = buffer->size;
}

void previous_tree_start(struct previous_tree *last, size_t start)
{
    (void)last, (void)start;
}

void previous_tree_end(struct previous_tree *last, struct buffer *buffer, bool at_tail)
{
    (void)last, (void)buffer, (void)at_tail;
}

void previous_tree_close(struct previous_tree *last)
{
    (void)last;
}
