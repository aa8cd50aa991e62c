/* SPDX-License-Identifier: MIT */
#include "system/pipe_reader.h"

#include "system/interrupt.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

static int more(struct reader *reader)
{
    struct pipe_reader *in = (struct pipe_reader *)reader;
    ssize_t got;
    do
        got = read(in->fd, in->window, sizeof in->window);
    while (got < 0 && errno == EINTR && !interrupt_seen);
    if (got < 0 && interrupt_seen)
        return fault_set(reader->fault, FAULT_INTERRUPTED, "interrupted");
    if (got < 0)
        return fault_set(reader->fault, FAULT_LOCAL, "cannot read %s: %s", reader->name,
                         strerror(errno));
    reader->at = in->window;
    reader->end = in->window + got;
    reader->offset += (uint64_t)got;
    return got > 0;
}

void pipe_read_open(struct pipe_reader *in, int fd, const char *name, struct fault *fault)
{
    in->reader = (struct reader){.more = more, .name = name, .fault = fault};
    in->fd = fd;
}
