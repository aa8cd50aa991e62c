/* SPDX-License-Identifier: MIT */
/* Pull readers and push writers: every layer is a reader that pulls from the one below.
 *
 *   net -> tls -> http body -> pkt-line -> side-band -> pack -> receive
 *
 * A reader shows a window of bytes, at..end. Whoever consumes moves `at`; when the window is empty
 * reader_fill() asks the layer for the next one. A layer embeds `struct reader` as its first member
 * and may show a window into the buffer of the layer below, so bytes are not copied on the way.
 */
#ifndef PROTO_STREAM_H
#define PROTO_STREAM_H

#include "fault.h"

#include <stddef.h>
#include <stdint.h>

struct reader {
    const unsigned char *at, *end; /* bytes at hand */
    int (*more)(struct reader *);  /* called when at == end: 1 bytes, 0 end, -1 fault. Sets at
                                      and end and adds end - at to offset. */
    uint64_t offset;               /* stream offset of `end`, in bytes */
    const char *name;              /* for sentences: "side-band", "pack" */
    struct fault *fault;           /* where it says what went wrong; not owned */
};

/* Makes at least one byte be at hand. Returns 1, 0 at the end of the stream, -1 on a fault. */
int reader_fill(struct reader *reader);

/* The more() of a layer that passes bytes on as they are: fills BELOW, shows its whole window in
 * READER and takes all of it, so that BELOW has nothing left at hand. READER's offset grows by what
 * it shows. Returns 1, 0 at the end of BELOW, -1 on a fault; then READER is as it was. */
int reader_pass(struct reader *reader, struct reader *below);

/* The stream offset of the next byte. */
uint64_t reader_tell(const struct reader *reader);

/* Copies exactly SIZE bytes to OUT. A stream that ends before is a FAULT_PROTOCOL. 0 or -1. */
int reader_read(struct reader *reader, void *out, size_t size);

/* The next byte in *OUT. 1, 0 at the end, -1. */
int reader_byte(struct reader *reader, unsigned char *out);

/* Requires that the stream ends here. 0, or -1 with FAULT_PROTOCOL when bytes are left. */
int reader_end(struct reader *reader);

/* A reader of SIZE bytes at BYTES, which must outlive it. */
void reader_memory(struct reader *reader, const void *bytes, size_t size, const char *name,
                   struct fault *fault);

struct writer {
    int (*put)(struct writer *, const void *, size_t); /* all of it: 0 or -1 */
    uint64_t offset;                                   /* bytes written so far */
    const char *name;
    struct fault *fault;
};

/* Writes all SIZE bytes. 0 or -1. */
int writer_put(struct writer *writer, const void *bytes, size_t size);

/* Writes a formatted text of less than WRITER_TEXT bytes (longer: FAULT_LIMIT). 0 or -1. */
enum { WRITER_TEXT = 8192 };
int writer_text(struct writer *writer, const char *format, ...) FAULT_PRINTF(2, 3);

/* A writer into a buffer of the caller's; full is a FAULT_LIMIT. */
struct memory_writer {
    struct writer writer;
    unsigned char *buffer;
    size_t size, used; /* bytes */
};
void writer_memory(struct memory_writer *memory, void *buffer, size_t size, const char *name,
                   struct fault *fault);

#endif
