/* SPDX-License-Identifier: MIT */
/* The pack on its way to the disk: what is read is hashed, counted and written, once. zlib computes
 * the CRC-32, packmake.h the trailer. */
#include "receive/spool.h"

#include "receiver.h"

/* What is read passes: it is in the file and in the hash, an entry's bytes in its CRC-32. */
static void passes(size_t step)
{
    struct packmake pack;
    struct fault fault = {.class = FAULT_NONE};
    struct spool spool;
    struct oid hash, expected;
    unsigned char entry[64], back[4096];
    packmake_begin(&pack);
    uint64_t first = packmake_whole(&pack, OBJECT_BLOB, text, sizeof text - 1);
    uint64_t second = packmake_whole(&pack, OBJECT_BLOB, text, 10), end = pack.used;
    packmake_end(&pack);
    size_t whole = pack.used;
    expected = oid_from(pack.bytes + end, 20);
    packmake_add(&pack, "behind", 6);
    struct steps steps = {.reader = {.more = steps_more, .name = "memory", .fault = &fault},
                          .from = pack.bytes,
                          .to = pack.bytes + pack.used,
                          .step = step};
    int fd = open("spool", O_RDWR | O_CREAT | O_TRUNC, 0600);
    spool_open(&spool, &steps.reader, fd, &hash_sha1);
    CHECK(reader_read(&spool.reader, back, PACK_HEADER) == 0, "%s", fault.text);
    spool_entry(&spool);
    CHECK(reader_read(&spool.reader, entry, second - first) == 0, "%s", fault.text);
    CHECK(spool_crc(&spool) == crc32(0, entry, (uInt)(second - first)), "step %zu: first", step);
    spool_entry(&spool);
    CHECK(spool_crc(&spool) == 0, "step %zu: an entry without bytes", step);
    CHECK(spool_flush(&spool) == 0 && spool.written == second, "step %zu: flushed", step);
    CHECK(pread(fd, back, sizeof back, 0) == (ssize_t)second &&
              memcmp(back, pack.bytes, second) == 0,
          "step %zu: what was read is in the file, and no more", step);
    CHECK(reader_read(&spool.reader, entry, end - second) == 0, "%s", fault.text);
    CHECK(spool_crc(&spool) == crc32(0, entry, (uInt)(end - second)), "step %zu: second", step);
    CHECK(spool_trailer(&spool, &hash) == 0 && oid_equal(&hash, &expected), "%s", fault.text);
    CHECK(spool.written == whole && pread(fd, back, sizeof back, 0) == (ssize_t)whole &&
              memcmp(back, pack.bytes, whole) == 0,
          "step %zu: the whole pack, and not what is behind it", step);
    CHECK(reader_read(&steps.reader, back, 6) == 0 && memcmp(back, "behind", 6) == 0,
          "step %zu: unread bytes are given back", step);
    close(fd);
    free(pack.bytes);
}

/* K8: a trailer that is cut, and a disk that does not take what comes. */
static void refused(void)
{
    struct fault fault = {.class = FAULT_NONE};
    struct reader in;
    struct spool spool;
    struct oid hash;
    unsigned char byte;
    int fd = open("spool", O_RDWR | O_CREAT | O_TRUNC, 0600);
    reader_memory(&in, text, 19, "memory", &fault);
    spool_open(&spool, &in, fd, &hash_sha1);
    CHECK(spool_trailer(&spool, &hash) < 0 && fault.class == FAULT_PROTOCOL, "K8: %s", fault.text);
    close(fd);
    fd = open("spool", O_RDONLY);
    fault_clear(&fault);
    reader_memory(&in, text, 30, "memory", &fault);
    spool_open(&spool, &in, fd, &hash_sha1);
    CHECK(reader_byte(&spool.reader, &byte) == 1 && spool_flush(&spool) < 0 &&
              fault.class == FAULT_LOCAL,
          "a file that cannot be written: %s", fault.text);
    close(fd);
}

static void make_trailer(struct packmake *p)
{
    packmake_whole(p, OBJECT_BLOB, text, 10);
    packmake_end(p);
    p->bytes[p->used - 1] ^= 1;
}

static const struct hostile rows[] = {
    {"K8: wrong trailer", "the bytes before it hash to", FAULT_PROTOCOL, make_trailer},
};

int main(void)
{
    static const size_t steps[] = {1, 2, 7, 11, 12, 13, 64, 1000};
    scratch_open();
    new_repo();
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
        passes(steps[i]);
    refused();
    hostile(rows, 1);
    close(git_dir);
    scratch_close();
    return T_DONE();
}
