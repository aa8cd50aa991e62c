/* SPDX-License-Identifier: MIT */
/* Texts in the order in which they were given; they belong to whoever gave them. */
#ifndef SMIDGIT_LIST_H
#define SMIDGIT_LIST_H

#include <stddef.h>

enum { LIST_MAX = 64 }; /* values of an option that can be given several times */

struct list {
    const char *items[LIST_MAX];
    size_t count;
};

#endif
