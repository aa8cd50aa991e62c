/* SPDX-License-Identifier: MIT */
/* Arrays that grow. */
#ifndef SMIDGIT_ARRAY_H
#define SMIDGIT_ARRAY_H

#include <stddef.h>

/* ARRAY, of *ROOM records of SIZE bytes, COUNT of which are used, with room for one more: as it is,
 * or moved to where there are twice as many. ARRAY is NULL when *ROOM is 0. NULL without memory,
 * and ARRAY stays valid. */
void *array_room(void *array, size_t count, size_t *room, size_t size);

#endif
