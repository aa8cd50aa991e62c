/* SPDX-License-Identifier: MIT */
/* Paths of the working tree as git shows them to people. */
#ifndef SMIDGIT_PATH_SHOWN_H
#define SMIDGIT_PATH_SHOWN_H

#include "proto/object.h"
#include "repo/repository.h"

#include <stdbool.h>

enum {
    PATH_RELATIVE_MAX = 2 * OBJECT_PATH_MAX,
    PATH_QUOTED_MAX = 4 * PATH_RELATIVE_MAX + 3 /* a byte takes up to four */
};

/* The current directory from the root of the working tree, with a slash; "" when it is the root, or
 * outside. */
void path_here(const struct repository *repository, char out[OBJECT_PATH_MAX]);

/* PATH, which is from the root, from HERE. Returns PATH or OUT. */
const char *path_relative(const char *here, const char *path, char out[PATH_RELATIVE_MAX]);

/* In quotes when it needs them (git-config, "core.quotePath"); BLANKS: a blank needs them. Returns
 * PATH or OUT. */
const char *path_quoted(const char *path, bool blanks, char out[PATH_QUOTED_MAX]);

#endif
