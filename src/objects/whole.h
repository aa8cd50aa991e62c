/* SPDX-License-Identifier: MIT */
/* Inflating a whole stream in one call, by a library that knows no other way and is faster so.
 * objects/whole.c: there is none; `make INFLATE=libdeflate`: objects/libdeflate/whole.c. */
#ifndef SMIDGIT_WHOLE_H
#define SMIDGIT_WHOLE_H

#include "proto/stream.h"

#include <stdbool.h>

struct whole;

struct whole *whole_open(void); /* NULL: none, or no memory; the functions below take it */
void whole_close(struct whole *whole);

/* The zlib stream that IN is at, if all of it is in IN's window and makes exactly SIZE bytes: into
 * OUT, which has INFLATE_SLACK bytes more. IN is behind it then. False: nothing was taken. */
bool whole_inflate(struct whole *whole, struct reader *in, unsigned char *out, uint64_t size);

/* " and libdeflate 1.14", for `version -v`. */
const char *whole_version(void);

#endif
