/* SPDX-License-Identifier: MIT */
/* Base64, RFC 4648, section 4. */
#ifndef SMIDGIT_BASE64_H
#define SMIDGIT_BASE64_H

#include <stddef.h>

/* Characters for SIZE bytes, without the NUL. */
#define BASE64_LENGTH(size) (((size) + 2) / 3 * 4)

/* Writes IN[0..SIZE) to OUT, BASE64_LENGTH(SIZE) characters and a NUL. Returns the length. */
size_t base64_format(const unsigned char *in, size_t size, char *out);

#endif
