/* SPDX-License-Identifier: MIT */
/* A file as a reader (by pread) and as a writer (buffered). */
#ifndef SMIDGIT_FILE_H
#define SMIDGIT_FILE_H

#include "proto/stream.h"

enum { FILE_WINDOW = 8192, FILE_BUFFER = 16384 }; /* bytes */

struct file_reader {
    struct reader reader; /* offset counts from the start of the file */
    int fd;
    uint64_t end;  /* where it stops, in bytes from the start of the file */
    uint64_t from; /* where the window is, */
    size_t held;   /* and how many bytes of the file are in it */
    unsigned char window[FILE_WINDOW];
};

/* Reads FD from byte FROM up to byte END. The caller closes FD. */
void file_read_open(struct file_reader *in, int fd, uint64_t from, uint64_t end, const char *name,
                    struct fault *fault);

/* The same with a reader that was open before, or is of zeros: what it holds of FD already, whose
 * bytes have stayed what they were, is not read again, if it is half a window or all there is. */
void file_read_move(struct file_reader *in, int fd, uint64_t from, uint64_t end, const char *name,
                    struct fault *fault);

struct file_writer {
    struct writer writer;
    int fd;
    size_t used;
    unsigned char buffer[FILE_BUFFER];
};

/* Writes to FD, at its position. The caller closes FD, and calls file_flush() before, which writes
 * what is left in the buffer: 0 or -1. */
void file_write_open(struct file_writer *out, int fd, const char *name, struct fault *fault);
int file_flush(struct file_writer *out);

#endif
