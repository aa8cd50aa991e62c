/* SPDX-License-Identifier: MIT */
#include "system/growing_writer.h"

#include <stdlib.h>
#include <string.h>

enum { GROW_FIRST = 4096 };

static int room_make(struct growing_writer *grow, size_t size)
{
    size_t room = grow->room ? grow->room : GROW_FIRST;
    if (size > grow->max - grow->used)
        return fault_set(grow->writer.fault, FAULT_LIMIT, "%s: over %zu bytes", grow->writer.name,
                         grow->max);
    while (room - grow->used < size)
        room = room > grow->max / 2 ? grow->max : room * 2;
    unsigned char *bytes = realloc(grow->bytes, room);
    if (!bytes)
        return fault_set(grow->writer.fault, FAULT_LIMIT, "%s: no memory for %zu bytes",
                         grow->writer.name, room);
    grow->bytes = bytes;
    grow->room = room;
    return 0;
}

static int grow_put(struct writer *writer, const void *bytes, size_t size)
{
    struct growing_writer *grow = (struct growing_writer *)writer;
    if (size == 0)
        return 0;
    if (size > grow->room - grow->used && room_make(grow, size) < 0)
        return -1;
    memcpy(grow->bytes + grow->used, bytes, size);
    grow->used += size;
    return 0;
}

void growing_writer_open(struct growing_writer *grow, size_t max, const char *name,
                         struct fault *fault)
{
    *grow = (struct growing_writer){
        .writer = {.put = grow_put, .name = name, .fault = fault},
        .max = max,
    };
}

void growing_writer_close(struct growing_writer *grow)
{
    free(grow->bytes);
    grow->bytes = NULL;
    grow->used = grow->room = 0;
}
