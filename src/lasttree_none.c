/* SPDX-License-Identifier: MIT */
/* For the smallest build: every tree is read from its beginning to its end. */
#include "lasttree.h"

void lasttree_begin(struct lasttree *last, const struct buffer *buffer)
{
    last->tail = buffer->size;
}

void lasttree_start(struct lasttree *last, size_t start)
{
    (void)last, (void)start;
}

void lasttree_end(struct lasttree *last, struct buffer *buffer, bool at_tail)
{
    (void)last, (void)buffer, (void)at_tail;
}

void lasttree_close(struct lasttree *last)
{
    (void)last;
}
