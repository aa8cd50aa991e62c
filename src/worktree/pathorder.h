/* SPDX-License-Identifier: MIT */
/* The order of paths in an index: by bytes, each once, and no file that is a directory too (P15 of
 * the hostile table: "a", "a.b", "a/c" are sorted). */
#ifndef SMIDGIT_PATHORDER_H
#define SMIDGIT_PATHORDER_H

#include "proto/object.h"

#include <stddef.h>
#include <stdint.h>

struct pathorder {
    const char *path; /* the last one: the caller keeps it until the next */
    size_t length;
    uint16_t before[OBJECT_PATH_MAX]; /* lengths of earlier paths that it begins with, ascending */
    size_t count;
};

/* Takes the next path, of at most OBJECT_PATH_MAX - 1 bytes. Returns NULL, or why it must not
 * stand there. */
const char *pathorder_next(struct pathorder *order, const char *path, size_t length);

#endif
