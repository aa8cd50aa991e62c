/* SPDX-License-Identifier: MIT */
/* zlib streams: whole, and in small pieces with the same outcome. The result's announced length is
 * the true one, and what the last two bytes say; they may stand behind the stream. */
#include "proto/inflate.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

enum { RESULT_MAX = 65536, PIECE = 7 };

static union {
    unsigned char bytes[INFLATE_ROOM];
    uint64_t align[2];
} room;
static struct inflate *inflater;

/* In small pieces to OUT. *TOTAL is what came, *END where the stream ends. 0 or -1. */
static int in_pieces(const uint8_t *bytes, size_t size, size_t says, unsigned char *out,
                     size_t *total, uint64_t *end)
{
    struct fault fault = {.class = FAULT_NONE};
    struct reader in;
    int rc;
    *total = 0;
    reader_memory(&in, bytes, size, "memory", &fault);
    inflate_begin(inflater, &in, says);
    do {
        size_t got;
        rc = inflate_read(inflater, out + *total, says - *total < PIECE ? says - *total : PIECE,
                          &got);
        *total += got;
        if (*total > says)
            abort();
    } while (rc == 1);
    *end = reader_tell(&in);
    return rc;
}

static void both(const uint8_t *bytes, size_t size, size_t says)
{
    static unsigned char pieces[RESULT_MAX];
    struct fault fault = {.class = FAULT_NONE};
    struct reader in;
    size_t total;
    uint64_t end;
    unsigned char *whole = malloc(says + INFLATE_SLACK);
    reader_memory(&in, bytes, size, "memory", &fault);
    int rc = inflate_whole(inflater, &in, whole, says);
    if (in_pieces(bytes, size, says, pieces, &total, &end) != rc)
        abort();
    if (rc == 0 && (total != says || memcmp(whole, pieces, says) != 0 || reader_tell(&in) != end))
        abort();
    free(whole);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static unsigned char out[RESULT_MAX];
    struct fault fault = {.class = FAULT_NONE};
    size_t length;
    uint64_t end;
    if (inflater == NULL)
        inflater = inflate_open(room.bytes, sizeof room.bytes, &fault);
    if (size < 2)
        return 0;
    in_pieces(bytes, size, RESULT_MAX, out, &length, &end);
    both(bytes, size, length);
    both(bytes, size, (size_t)bytes[size - 2] << 8 | bytes[size - 1]);
    return 0;
}
