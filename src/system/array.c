/* SPDX-License-Identifier: MIT */
#include "system/array.h"

#include <stdint.h>
#include <stdlib.h>

enum { FIRST = 32 /* records */ };

void *array_room(void *array, size_t count, size_t *room, size_t size)
{
    size_t wanted = *room ? 2 * *room : FIRST;
    if (count < *room)
        return array;
    if (wanted > SIZE_MAX / size)
        return NULL;
    void *more = realloc(array, wanted * size);
    if (more)
        *room = wanted;
    return more;
}
