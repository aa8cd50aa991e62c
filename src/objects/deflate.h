/* SPDX-License-Identifier: MIT */
/* Compressing an object for a pack. zlib's deflate is used here and nowhere else. */
#ifndef SMIDGIT_DEFLATE_H
#define SMIDGIT_DEFLATE_H

#include "proto/stream.h"

/* Writes BYTES[0..SIZE) to OUT as one zlib stream, quickly rather than small: what a thin pack gets
 * appended is here twice, and goes with the next repack. 0 or -1 (FAULT_LIMIT: no memory; 268 KB).
 */
int deflate_write(struct writer *out, const unsigned char *bytes, size_t size);

#endif
