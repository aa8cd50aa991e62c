/* SPDX-License-Identifier: MIT */
/* The lines of a conversation, as --trace writes them (remote/trace.h).
 *
 *   == connected to 127.0.0.1 port 8080
 *   C: 0014command=ls-refs\n                 the side, and what it says
 *   S 81234567: 0023\x02Enumerating...       the same, with its time in microseconds
 *   P 81234567: PACK\0\0\0\x02               the server, a piece of a pack without side-bands
 */
#ifndef SMIDGIT_TALK_LINE_H
#define SMIDGIT_TALK_LINE_H

#include "proto/fault.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum talk_part {
    TALK_NOTE,  /* what --trace itself says, without the "== " */
    TALK_HEAD,  /* a line of an HTTP head */
    TALK_PKT,   /* four digits, and mostly more */
    TALK_PACK,  /* bytes of a pack, without side-bands */
    TALK_OTHER, /* how many bytes of a pack there were */
};

struct talk_line {
    enum talk_part part;
    char side;        /* 'C' or 'S'; of a note 0 */
    bool begins_head; /* it is a request's first line, or a response's */
    const char *text; /* as it was written, without the line feed */
    size_t size;
    bool timed;  /* there is a time: */
    uint64_t us; /* since the first line that has one */
};

struct talk_reader {
    const char *at, *end;
    unsigned number; /* of the line that was read last */
    bool in_head, started;
    uint64_t start; /* the first time */
};

/* To read TEXT[0..SIZE), which stays the caller's. */
void talk_open(struct talk_reader *talk, const void *text, size_t size);

/* The next line: 1, 0 at the end, -1 with a FAULT_PROTOCOL that has its number. */
int talk_next(struct talk_reader *talk, struct talk_line *line, struct fault *fault);

/* The bytes that the escapes of TEXT[0..SIZE) stand for; returns how many. OUT has SIZE bytes, or
 * is NULL. */
size_t talk_bytes(const char *text, size_t size, unsigned char *out);

#endif
