/* SPDX-License-Identifier: MIT */
/* Paths of the working tree as git shows them to people. */
#ifndef SMIDGIT_PATH_SHOWN_H
#define SMIDGIT_PATH_SHOWN_H

#include "proto/object.h"
#include "repo/repository.h"

enum {
    PATH_RELATIVE_MAX = 2 * OBJECT_PATH_MAX,
    PATH_QUOTED_MAX = 4 * PATH_RELATIVE_MAX + 3 /* a byte takes up to four */
};

/* The current directory from the root of the working tree, with a slash; "" when it is the root, or
 * outside. */
void path_here(const struct repository *repository, char out[OBJECT_PATH_MAX]);

/* PATH, which is from the root, from HERE. Returns PATH or OUT. */
const char *path_relative(const char *here, const char *path, char out[PATH_RELATIVE_MAX]);

/* What needs quotes beside control bytes, '"' and '\\'. */
enum { PATH_QUOTES_BLANKS = 1, PATH_QUOTES_HIGH = 2 /* bytes from 0x80 */ };

/* Whether bytes from 0x80 do (git-config, "core.quotePath"): PATH_QUOTES_HIGH or 0 in *OUT. 0 or
 * -1.
 */
int path_quotes(const struct settings *settings, unsigned *out, struct fault *fault);

/* In quotes when it needs them. Returns PATH or OUT. */
const char *path_quoted(const char *path, unsigned quotes, char out[PATH_QUOTED_MAX]);

#endif
