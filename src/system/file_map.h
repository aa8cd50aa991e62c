/* SPDX-License-Identifier: MIT */
/* A file in memory, as it is on the disk: for reading. */
#ifndef SMIDGIT_FILE_MAP_H
#define SMIDGIT_FILE_MAP_H

#include "proto/fault.h"

#include <stddef.h>

struct file_map {
    const unsigned char *bytes; /* NULL: nothing is mapped */
    size_t size;
};

/* Maps the regular file PATH, of 1 to MAX bytes. 1; 0: there is none; -1. Who shortens the file
 * takes its bytes away: it is for files that are replaced by rename. */
int file_map_open(struct file_map *map, int at, const char *path, size_t max, struct fault *fault);

/* What was looked at so far counts no more as this program's memory; what is looked at again comes
 * from the kernel's cache. Other threads may go on reading. */
void file_map_forget(const struct file_map *map);

void file_map_close(struct file_map *map); /* zeros are fine */

#endif
