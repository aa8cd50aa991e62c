/* SPDX-License-Identifier: MIT */
/* References in memory, and the checks that need all of them (R2). */
#ifndef SMIDGIT_REFLIST_H
#define SMIDGIT_REFLIST_H

#include "remote/remote.h"

/* A stream of which at most MAX bytes may be read; more is a FAULT_LIMIT (R5). */
struct limit_reader {
    struct reader reader;
    struct reader *below;
    uint64_t max;
};
void limit_open(struct limit_reader *limit, struct reader *below, uint64_t max, const char *name);

/* Reads all that IN gives. *OUT is to be freed also after a failure. 0 or -1. */
int reflist_read(struct refs_reader *in, struct reflist *out, struct fault *fault);

/* Copies those references of FROM whose names begin with one of PREFIXES. 0 or -1. */
int reflist_copy(const struct reflist *from, const char *const *prefixes, size_t count,
                 struct reflist *out, struct fault *fault);

#endif
