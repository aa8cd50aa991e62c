/* SPDX-License-Identifier: MIT */
#include "objects/deflate.h"

#include <stdlib.h>
#include <zlib.h>

enum { PIECE = 16384, INPUT_MAX = 1 << 30 }; /* bytes; zlib counts in unsigned int */

struct deflate {
    z_stream z;
};

struct deflate *deflate_open(struct fault *fault)
{
    struct deflate *deflate = calloc(1, sizeof *deflate);
    if (deflate && deflateInit(&deflate->z, Z_BEST_SPEED) == Z_OK)
        return deflate;
    free(deflate);
    fault_set(fault, FAULT_LIMIT, "no memory to compress with");
    return NULL;
}

void deflate_close(struct deflate *deflate)
{
    if (deflate)
        deflateEnd(&deflate->z);
    free(deflate);
}

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

int deflate_write(struct deflate *deflate, struct writer *out, const unsigned char *bytes,
                  size_t size)
{
    z_stream *z = &deflate->z;
    int rc = 0;
    deflateReset(z);
    while (rc == 0 && size > 0) {
        size_t take = size < INPUT_MAX ? size : INPUT_MAX;
        z->next_in = (z_const Bytef *)bytes;
        z->avail_in = (uInt)take;
        bytes += take;
        size -= take;
        rc = run(z, out, Z_NO_FLUSH);
    }
    return rc == 0 ? run(z, out, Z_FINISH) : rc;
}
