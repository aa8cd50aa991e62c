/* SPDX-License-Identifier: MIT */
/* Inflating a whole stream in one call, by a library that knows no other way and is faster so.
 * atonce_none.c: there is none; `make INFLATE=libdeflate`: atonce_libdeflate.c. */
#ifndef SMIDGIT_ATONCE_H
#define SMIDGIT_ATONCE_H

#include "stream.h"

#include <stdbool.h>

struct atonce;

struct atonce *atonce_open(void); /* NULL: none, or no memory; the functions below take it */
void atonce_close(struct atonce *atonce);

/* The zlib stream that IN is at, if all of it is in IN's window and makes exactly SIZE bytes: into
 * OUT, which has INFLATE_SLACK bytes more. IN is behind it then. False: nothing was taken. */
bool atonce_inflate(struct atonce *atonce, struct reader *in, unsigned char *out, uint64_t size);

/* " and libdeflate 1.14", for `version -v`. */
const char *atonce_version(void);

#endif
