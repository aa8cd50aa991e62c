/* SPDX-License-Identifier: MIT */
/* What stands between "a" and "a/b" in the order begins with "a". So it is enough to keep the
 * paths that the last one begins with, and of those only the lengths. */
#include "worktree/pathorder.h"

#include <string.h>

static size_t common(const struct pathorder *order, const char *path, size_t length)
{
    size_t shorter = length < order->length ? length : order->length, i = 0;
    while (i < shorter && path[i] == order->path[i])
        i++;
    return i;
}

const char *pathorder_next(struct pathorder *order, const char *path, size_t length)
{
    size_t same = common(order, path, length);
    if (order->path && same == length)
        return same == order->length ? "the path occurs twice" : "not sorted";
    if (same < order->length && (unsigned char)path[same] < (unsigned char)order->path[same])
        return "not sorted";
    while (order->count > 0 && order->before[order->count - 1] > same)
        order->count--;
    if (order->count > 0 && order->before[order->count - 1] == same && path[same] == '/')
        return "a file and a directory of one name";
    order->before[order->count++] = (uint16_t)length;
    order->path = path;
    order->length = length;
    return NULL;
}
