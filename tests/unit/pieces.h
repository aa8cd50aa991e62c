/* SPDX-License-Identifier: MIT */
/* Bytes as a hostile network delivers them: whole, one at a time, cut in two anywhere; the last
 * byte stands before a page that can't be read. */
#ifndef SMIDGIT_PIECES_H
#define SMIDGIT_PIECES_H

#include "proto/stream.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define BYTES(text) (text), sizeof(text) - 1

enum { PIECES_PAGE = 65536, PIECES_MAX = 1 << 20 };

/* A copy of the bytes that ends at an unreadable page; it holds until the next call. */
static inline const unsigned char *pieces_guard(const void *bytes, size_t size)
{
    static unsigned char *room;
    if (room == NULL) {
        int zero = open("/dev/zero", O_RDONLY);
        room = mmap(NULL, PIECES_MAX + PIECES_PAGE, PROT_NONE, MAP_PRIVATE, zero, 0);
        close(zero);
        mprotect(room, PIECES_MAX, PROT_READ | PROT_WRITE);
    }
    if (size > 0)
        memcpy(room + PIECES_MAX - size, bytes, size);
    return room + PIECES_MAX - size;
}

struct pieces {
    struct reader reader;
    const unsigned char *from, *to;
    size_t first, then; /* bytes of the first piece, and of those that follow */
};

static inline int pieces_more(struct reader *reader)
{
    struct pieces *pieces = (struct pieces *)reader;
    size_t left = (size_t)(pieces->to - pieces->from);
    size_t take = left < pieces->first ? left : pieces->first;
    reader->at = pieces->from;
    reader->end = pieces->from += take;
    reader->offset += take;
    pieces->first = pieces->then;
    return take > 0;
}

/* Calls RUN with a reader of BYTES, for every way to cut them. */
static inline void pieces_all(const void *bytes, size_t size,
                              void (*run)(struct reader *in, void *context), void *context)
{
    const unsigned char *guarded = pieces_guard(bytes, size);
    for (size_t cut = 0; cut <= size; cut++) {
        struct fault fault = {.class = FAULT_NONE};
        struct pieces pieces = {
            .reader = {.more = pieces_more, .name = "test", .fault = &fault},
            .from = guarded,
            .to = guarded + size,
            .first = cut ? cut : 1, /* 0: byte by byte */
            .then = cut ? size : 1,
        };
        run(&pieces.reader, context);
    }
}

#endif
