/* SPDX-License-Identifier: MIT */
#include "receive/previous_tree.h"

#include <stdlib.h>
#include <string.h>

enum { KEPT_MOST = 256 * 1024 }; /* bytes of a tree that is held for this */

static void start_push(struct previous_tree *last, size_t start)
{
    struct starts *next = &last->next;
    if (next->count == next->room && !last->failed) {
        size_t room = next->room ? next->room * 2 : 64;
        uint32_t *bigger = realloc(next->at, room * sizeof *bigger);
        last->failed = bigger == NULL;
        if (bigger) {
            next->at = bigger;
            next->room = room;
        }
    }
    if (!last->failed)
        next->at[next->count++] = (uint32_t)start;
}

static size_t same_head(const unsigned char *a, const unsigned char *b, size_t size)
{
    size_t i = 0;
    for (uint64_t x, y; size - i >= sizeof x; i += sizeof x) {
        memcpy(&x, a + i, sizeof x);
        memcpy(&y, b + i, sizeof y);
        if (x != y)
            break;
    }
    while (i < size && a[i] == b[i])
        i++;
    return i;
}

/* A and B point behind the last bytes. */
static size_t same_tail(const unsigned char *a, const unsigned char *b, size_t size)
{
    size_t i = 0;
    for (uint64_t x, y; size - i >= sizeof x; i += sizeof x) {
        memcpy(&x, a - i - sizeof x, sizeof x);
        memcpy(&y, b - i - sizeof y, sizeof y);
        if (x != y)
            break;
    }
    while (i < size && a[-1 - (ptrdiff_t)i] == b[-1 - (ptrdiff_t)i])
        i++;
    return i;
}

/* The number of starts that are below OFFSET. */
static size_t below(const struct starts *starts, size_t offset)
{
    size_t low = 0, high = starts->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (starts->at[middle] < offset)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

void previous_tree_begin(struct previous_tree *last, const struct buffer *buffer)
{
    last->next.count = 0;
    last->failed = buffer->size > KEPT_MOST;
    last->head = 0;
    last->tail = buffer->size;
    last->rest = 0;
    if (last->buffer == NULL)
        return;
    const unsigned char *a = last->buffer->bytes, *b = buffer->bytes;
    size_t old = last->buffer->size, size = buffer->size, least = old < size ? old : size;
    size_t same = same_head(a, b, least);
    size_t known = below(&last->starts, same + 1); /* the last of them begins what differs */
    if (known > 0) {
        last->head = last->starts.at[known - 1];
        for (size_t i = 0; i + 1 < known; i++)
            start_push(last, last->starts.at[i]);
    }
    same = same_tail(a + old, b + size, least - last->head);
    size_t first = below(&last->starts, old - same);
    last->rest = last->starts.count - first;
    if (last->rest > 0)
        last->tail = last->starts.at[first] + size - old;
}

void previous_tree_start(struct previous_tree *last, size_t start)
{
    start_push(last, start);
}

void previous_tree_end(struct previous_tree *last, struct buffer *buffer, bool at_tail)
{
    struct starts old = last->starts;
    if (at_tail && last->rest > 0) {
        size_t first = old.count - last->rest, from = old.at[first];
        for (size_t i = first; i < old.count; i++)
            start_push(last, last->tail + (old.at[i] - from));
    }
    if (last->failed)
        return;
    buffer_drop(last->buffer);
    last->buffer = buffer_hold(buffer);
    last->starts = last->next;
    last->next = old;
}

void previous_tree_close(struct previous_tree *last)
{
    buffer_drop(last->buffer);
    free(last->starts.at);
    free(last->next.at);
    *last = (struct previous_tree){.buffer = NULL};
}
