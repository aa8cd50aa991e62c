/* SPDX-License-Identifier: MIT */
#include "objects/deflate.h"

#include <zlib.h>

enum { PIECE = 16384, INPUT_MAX = 1 << 30 }; /* bytes; zlib counts in unsigned int */

static int run(z_stream *z, struct writer *out, int flush)
{
    unsigned char piece[PIECE];
    int code;
    do {
        z->next_out = piece;
        z->avail_out = sizeof piece;
        code = deflate(z, flush);
        if (writer_put(out, piece, sizeof piece - z->avail_out) < 0)
            return -1;
    } while (z->avail_out == 0);
    (void)code; /* with room for output deflate() cannot fail: zlib.h */
    return 0;
}

int deflate_write(struct writer *out, const unsigned char *bytes, size_t size)
{
    z_stream z = {0};
    if (deflateInit(&z, Z_BEST_SPEED) != Z_OK)
        return fault_set(out->fault, FAULT_LIMIT, "no memory to compress with");
    int rc = 0;
    while (rc == 0 && size > 0) {
        size_t take = size < INPUT_MAX ? size : INPUT_MAX;
        z.next_in = (z_const Bytef *)bytes;
        z.avail_in = (uInt)take;
        bytes += take;
        size -= take;
        rc = run(&z, out, Z_NO_FLUSH);
    }
    if (rc == 0)
        rc = run(&z, out, Z_FINISH);
    deflateEnd(&z);
    return rc;
}
