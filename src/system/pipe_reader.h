/* SPDX-License-Identifier: MIT */
/* A pipe, or what else is read from where it stands, as a reader. */
#ifndef SMIDGIT_PIPE_READER_H
#define SMIDGIT_PIPE_READER_H

#include "proto/stream.h"

enum { PIPE_WINDOW = 4096 }; /* bytes */

struct pipe_reader {
    struct reader reader;
    int fd;
    unsigned char window[PIPE_WINDOW];
};

/* Reads FD up to its end; a failing read is a FAULT_LOCAL, a signal FAULT_INTERRUPTED. The caller
 * closes FD. */
void pipe_read_open(struct pipe_reader *in, int fd, const char *name, struct fault *fault);

#endif
