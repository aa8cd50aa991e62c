/* SPDX-License-Identifier: MIT */
/* What a file system has room for, and what is about to be written. */
#ifndef SMIDGIT_DISK_SPACE_H
#define SMIDGIT_DISK_SPACE_H

#include "proto/fault.h"

#include <stdint.h>

struct disk_space {
    uint64_t block;                  /* bytes that files are rounded up to */
    uint64_t bytes_free, files_free; /* UINT64_MAX: the file system does not say */
    uint64_t bytes, files;           /* wanted so far */
};

/* Asks the file system of the open file or directory FD; nothing is wanted yet. */
void disk_space_open(struct disk_space *space, int fd);

/* One file more, of SIZE bytes. */
void disk_space_add(struct disk_space *space, uint64_t size);

/* COUNT directories more. What they take beside an inode is the file system's affair. */
void disk_space_add_directories(struct disk_space *space, uint64_t count);

/* Whether all of that fits: 0, or -1 and FAULT_LOCAL, "WHAT needs ... KiB, ... KiB are free". */
int disk_space_check(const struct disk_space *space, const char *what, struct fault *fault);

#endif
