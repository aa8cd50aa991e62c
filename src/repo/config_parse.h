/* SPDX-License-Identifier: MIT */
/* git's configuration files, reading (git-config, "CONFIGURATION FILE", "Syntax"). */
#ifndef SMIDGIT_CONFIG_PARSE_H
#define SMIDGIT_CONFIG_PARSE_H

#include "proto/fault.h"

#include <stddef.h>

enum {
    CONFIG_FILE_MAX = 8 << 20, /* bytes of one file */
    CONFIG_NAME_MAX = 4096     /* bytes of "section.subsection.key" with its NUL */
};

/* One line that sets something. Texts hold until the next one is given. */
struct config_line {
    const char *name;  /* "remote.Origin.url": section and key in lower case, the subsection as it
                          stands there */
    const char *value; /* NULL: the key alone, which means true */
    unsigned long number; /* of the line where it begins, from 1 */
    size_t from, to;      /* where the key begins in the text, and what comes behind the value */
};

/* A section's head. */
struct config_section {
    const char *name; /* "remote.Origin"; "core" */
    size_t from, to;  /* "[" and what comes behind "]" */
};

/* Told what is in a file; functions may be NULL. Each returns 0, or -1 with a fault. */
struct config_listener {
    int (*line)(struct config_listener *, const struct config_line *);
    int (*section)(struct config_listener *, const struct config_section *);
};

/* Parses TEXT[0..SIZE), behind which a NUL stands. What is malformed is a FAULT_LOCAL, "bad config
 * line 3 in file NAME", and what stands before it has been told. 0 or -1. */
int config_parse(const char *text, size_t size, const char *name, struct config_listener *listener,
                 struct fault *fault);

#endif
