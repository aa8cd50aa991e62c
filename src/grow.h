/* SPDX-License-Identifier: MIT */
/* A writer into memory that grows, up to a limit. */
#ifndef SMIDGIT_GROW_H
#define SMIDGIT_GROW_H

#include "stream.h"

struct grow_writer {
    struct writer writer;
    unsigned char *bytes;
    size_t used, room, max; /* bytes */
};

/* At most MAX bytes, more is a FAULT_LIMIT. NAME is for sentences. Allocates nothing yet. */
void grow_open(struct grow_writer *grow, size_t max, const char *name, struct fault *fault);
void grow_close(struct grow_writer *grow);

#endif
