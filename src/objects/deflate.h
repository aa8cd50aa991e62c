/* SPDX-License-Identifier: MIT */
/* Compressing objects for a pack. zlib's deflate is used here and nowhere else. */
#ifndef SMIDGIT_DEFLATE_H
#define SMIDGIT_DEFLATE_H

#include "proto/stream.h"

/* 268 KB: to take them from the system and clear them for each object costs as much as the rest. */
struct deflate;

/* NULL and FAULT_LIMIT when there is no memory. */
struct deflate *deflate_open(struct fault *fault);
void deflate_close(struct deflate *deflate); /* NULL is fine */

/* Writes BYTES[0..SIZE) to OUT as one zlib stream, quickly rather than small: what a thin pack gets
 * appended is here twice, and goes with the next repack. 0 or -1. */
int deflate_write(struct deflate *deflate, struct writer *out, const unsigned char *bytes,
                  size_t size);

#endif
