/* SPDX-License-Identifier: MIT */
#include "objects/whole.h"

#include "proto/inflate.h"

#include <libdeflate.h>

/* Deflate makes at most 1032 bytes of one. What cannot be whole in the window is not begun. */
enum { RATIO_MOST = 1032, LARGEST = 1024 * 1024 };

struct whole *whole_open(void)
{
    return (struct whole *)libdeflate_alloc_decompressor();
}

void whole_close(struct whole *whole)
{
    libdeflate_free_decompressor((struct libdeflate_decompressor *)whole);
}

bool whole_inflate(struct whole *whole, struct reader *in, unsigned char *out, uint64_t size)
{
    size_t hand = (size_t)(in->end - in->at), used, made;
    if (whole == NULL || size > LARGEST || size / RATIO_MOST > hand)
        return false;
    if (libdeflate_zlib_decompress_ex((struct libdeflate_decompressor *)whole, in->at, hand, out,
                                      (size_t)size + INFLATE_SLACK, &used,
                                      &made) != LIBDEFLATE_SUCCESS ||
        made != size)
        return false;
    in->at += used;
    return true;
}

const char *whole_version(void)
{
    return " and libdeflate " LIBDEFLATE_VERSION_STRING;
}
