/* SPDX-License-Identifier: MIT */
#include "system/file.h"

#include "system/fs.h"

#include <stdbool.h>
#include <string.h>

static int window_more(struct reader *reader)
{
    struct file_reader *in = (struct file_reader *)reader;
    uint64_t left = in->end - reader->offset;
    size_t take = left < sizeof in->window ? (size_t)left : sizeof in->window;
    if (take == 0)
        return 0;
    in->held = 0;
    if (fs_pread(in->fd, in->window, take, reader->offset, reader->name, reader->fault) < 0)
        return -1;
    in->from = reader->offset;
    in->held = take;
    reader->at = in->window;
    reader->end = in->window + take;
    reader->offset += take;
    return 1;
}

void file_read_open(struct file_reader *in, int fd, uint64_t from, uint64_t end, const char *name,
                    struct fault *fault)
{
    in->from = in->held = 0;
    file_read_move(in, fd, from, end, name, fault);
}

void file_read_move(struct file_reader *in, int fd, uint64_t from, uint64_t end, const char *name,
                    struct fault *fault)
{
    uint64_t at = from - in->from;
    bool here = at < in->held && in->fd == fd && end >= in->from + in->held &&
                (in->held - at >= sizeof in->window / 2 || end == in->from + in->held);
    in->held = here ? in->held : 0;
    in->reader = (struct reader){.more = window_more, .offset = from, .name = name, .fault = fault};
    in->fd = fd;
    in->end = end;
    if (!here)
        return;
    in->reader.at = in->window + at;
    in->reader.end = in->window + in->held;
    in->reader.offset = in->from + in->held;
}

int file_flush(struct file_writer *out)
{
    size_t size = out->used;
    out->used = 0;
    return fs_put(out->fd, out->buffer, size, out->writer.name, out->writer.fault);
}

static int buffer_put(struct writer *writer, const void *bytes, size_t size)
{
    struct file_writer *out = (struct file_writer *)writer;
    if (size > sizeof out->buffer - out->used && file_flush(out) < 0)
        return -1;
    if (size > sizeof out->buffer)
        return fs_put(out->fd, bytes, size, writer->name, writer->fault);
    if (size > 0)
        memcpy(out->buffer + out->used, bytes, size);
    out->used += size;
    return 0;
}

void file_write_open(struct file_writer *out, int fd, const char *name, struct fault *fault)
{
    out->writer = (struct writer){.put = buffer_put, .name = name, .fault = fault};
    out->fd = fd;
    out->used = 0;
}
