/* SPDX-License-Identifier: MIT */
/* A writer into memory that grows, up to a limit. */
#ifndef SMIDGIT_GROWING_WRITER_H
#define SMIDGIT_GROWING_WRITER_H

#include "proto/stream.h"

struct growing_writer {
    struct writer writer;
    unsigned char *bytes;
    size_t used, room, max; /* bytes */
};

/* At most MAX bytes, more is a FAULT_LIMIT. NAME is for sentences. Allocates nothing yet. */
void growing_writer_open(struct growing_writer *grow, size_t max, const char *name,
                         struct fault *fault);
void growing_writer_close(struct growing_writer *grow);

#endif
