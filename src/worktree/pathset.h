/* SPDX-License-Identifier: MIT */
/* Paths of a tree that somebody asked for: files, or directories with all that is in them. */
#ifndef SMIDGIT_PATHSET_H
#define SMIDGIT_PATHSET_H

#include "proto/fault.h"
#include "system/list.h"

#include <stdbool.h>

struct pathset {
    struct list paths;
    size_t lengths[LIST_MAX]; /* of the paths, without slashes at their ends */
    bool found[LIST_MAX];
};

/* Checks the paths: none may be empty, absolute or a name that no tree may have (P1). 0,
 * or -1 and FAULT_USAGE. */
int pathset_open(struct pathset *set, struct fault *fault);

/* Whether the tree's entry PATH[0..LENGTH) is one of them, is in one of them or, being a directory,
 * leads to one. Remembers which were found. */
bool pathset_takes(struct pathset *set, const char *path, size_t length, bool directory);

/* The same for what is no directory, or a submodule: "a/" is no file "a". */
bool pathset_takes_file(struct pathset *set, const char *path, size_t length, bool module);

/* 0; -1 and FAULT_REFUSED when one was never found. */
int pathset_all_found(const struct pathset *set, struct fault *fault);

#endif
