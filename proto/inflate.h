/* SPDX-License-Identifier: MIT */
/* One zlib stream (RFC 1950) of known size. zlib lives here; another inflater is another file. */
#ifndef PROTO_INFLATE_H
#define PROTO_INFLATE_H

#include "stream.h"

enum {
    INFLATE_ROOM = 48 * 1024, /* bytes: zlib's state and window (40 KB), and ours */
    INFLATE_SLACK = 320       /* bytes of room after a whole result */
};

struct inflate; /* lives in the caller's room */

/* Prepares an inflater in ROOM (INFLATE_ROOM bytes, aligned for any type). It can be used for any
 * number of streams, one after the other; it owns nothing and needs no closing. Returns NULL with
 * a FAULT_LIMIT when the room is too small for this zlib. */
struct inflate *inflate_open(void *room, size_t size, struct fault *fault);

/* Starts a stream of exactly SIZE bytes that IN delivers compressed. */
void inflate_begin(struct inflate *inflate, struct reader *in, uint64_t size);

/* Inflates up to CAPACITY bytes to OUT, *GOT says how many. 1 when there are more, 0 when the
 * stream is whole (*GOT may still be > 0), -1: invalid, too short, too long, wrong check sum, a
 * preset dictionary, cut (K3), each FAULT_PROTOCOL. `in` is left at the byte after the stream. */
int inflate_read(struct inflate *inflate, unsigned char *out, size_t capacity, size_t *got);

/* The whole stream into OUT[0..SIZE). OUT has INFLATE_SLACK bytes more, which are used on the way.
 * 0 or -1. */
int inflate_whole(struct inflate *inflate, struct reader *in, unsigned char *out, uint64_t size);

/* The CRC-32 that .idx files hold (ISO 3309, as zlib computes it), continued from CRC; 0 first. */
uint32_t inflate_crc(uint32_t crc, const void *bytes, size_t size);

/* "zlib 1.2.13": for `version -v`. */
const char *inflate_version(void);

#endif
