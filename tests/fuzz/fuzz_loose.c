/* SPDX-License-Identifier: MIT */
/* A loose object's file of any content: the three ways to read it agree, and what is given out is
 * as long as it says. The first byte says whether the rest is the file as it is, or what it
 * inflates to. */
#include "objects/deflate.h"
#include "objects/loose.h"
#include "system/growing_writer.h"

#include "../unit/scratch.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

enum { MOST = 1 << 20 };

static int count(void *context, const unsigned char *bytes, size_t size)
{
    (void)bytes;
    *(uint64_t *)context += size;
    return 0;
}

static void put(const uint8_t *bytes, size_t size, bool as_it_is)
{
    struct growing_writer file;
    struct fault fault;
    fault_clear(&fault);
    growing_writer_open(&file, MOST, "fuzz", &fault);
    struct deflate *deflate = deflate_open(&fault);
    if (deflate == NULL)
        abort();
    int rc = as_it_is ? (size ? writer_put(&file.writer, bytes, size) : 0)
                      : deflate_write(deflate, &file.writer, bytes, size);
    deflate_close(deflate);
    int fd = open("objects/11/11111111111111111111111111111111111111", O_WRONLY | O_CREAT | O_TRUNC,
                  0666);
    if (rc < 0 || fd < 0 || write(fd, file.bytes, file.used) != (ssize_t)file.used || close(fd) < 0)
        abort();
    growing_writer_close(&file);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static long long room[INFLATE_ROOM / sizeof(long long)];
    static bool ready;
    struct fault fault;
    enum object_type type, read_type, stream_type;
    uint64_t said = 0, streamed = 0;
    struct buffer *whole = NULL;
    struct oid oid = {.len = OID_SHA1};
    memset(oid.id, 0x11, OID_SHA1);
    if (size == 0)
        return 0;
    if (!ready) {
        scratch_open();
        if (mkdir("objects", 0777) < 0 || mkdir("objects/11", 0777) < 0)
            abort();
        ready = true;
    }
    put(bytes + 1, size - 1, *bytes & 1);
    int here = open(".", O_RDONLY | O_DIRECTORY);
    fault_clear(&fault);
    struct inflate *inflate = inflate_open(room, sizeof room, &fault);
    if (inflate == NULL || !loose_has(here, &oid))
        abort();
    int has_size = loose_size(here, inflate, &oid, &type, &said, &fault);
    if ((has_size < 0) != (fault.class != FAULT_NONE))
        abort();
    fault_clear(&fault);
    int has_whole = loose_read(here, inflate, &oid, MOST, &read_type, &whole, &fault);
    if ((has_whole < 0) != (fault.class != FAULT_NONE) || (has_whole == 0 && has_size < 0))
        abort();
    fault_clear(&fault);
    int has_stream = loose_stream(here, inflate, &oid, &stream_type, count, &streamed, &fault);
    if ((has_stream < 0) != (fault.class != FAULT_NONE))
        abort();
    if (has_whole == 0 && (whole->size != said || has_stream < 0 || streamed != said ||
                           read_type != type || stream_type != type))
        abort();
    if (has_whole < 0 && has_stream == 0 && said <= MOST)
        abort();
    if (has_whole == 0)
        buffer_drop(whole);
    close(here);
    return 0;
}
