/* SPDX-License-Identifier: MIT */
/* Packs that no stock server makes, for the fixtures:
 *
 * - packtool chain COUNT: a history of COUNT commits without files, each a delta to the one before.
 *   "PACK" | tree | commit | commit | OFS_DELTA -1 | OFS_DELTA -1 ... | SHA-1
 * - packtool line COUNT: the same without deltas, each commit a second after the one before.
 * - packtool reverse <PACK: the same entries in reverse order, deltas before their bases. The pack
 *   must hold no OFS_DELTA.
 *
 * Writes a pack to standard output, and the last commit (chain, line) to standard error.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

static void die(const char *why)
{
    fprintf(stderr, "packtool: %s\n", why);
    exit(1);
}

/* SHA-1 (FIPS 180-4), for names and trailers; speed is no aim. */
struct sha1 {
    uint32_t h[5];
    uint64_t size;
    unsigned char block[64];
};

static uint32_t rol(uint32_t x, int n)
{
    return x << n | x >> (32 - n);
}

static void sha1_block(struct sha1 *sha1)
{
    static const uint32_t k[] = {0x5A827999, 0x6ED9EBA1, 0x8F1BBCDC, 0xCA62C1D6};
    uint32_t w[80], v[5];
    for (int t = 0; t < 16; t++)
        w[t] = (uint32_t)sha1->block[4 * t] << 24 | (uint32_t)sha1->block[4 * t + 1] << 16 |
               (uint32_t)sha1->block[4 * t + 2] << 8 | sha1->block[4 * t + 3];
    for (int t = 16; t < 80; t++)
        w[t] = rol(w[t - 3] ^ w[t - 8] ^ w[t - 14] ^ w[t - 16], 1);
    memcpy(v, sha1->h, sizeof v);
    for (int t = 0; t < 80; t++) {
        uint32_t f = t < 20   ? (v[1] & v[2]) | (~v[1] & v[3])
                     : t < 40 ? v[1] ^ v[2] ^ v[3]
                     : t < 60 ? (v[1] & v[2]) | (v[1] & v[3]) | (v[2] & v[3])
                              : v[1] ^ v[2] ^ v[3];
        uint32_t sum = rol(v[0], 5) + f + v[4] + k[t / 20] + w[t];
        v[4] = v[3], v[3] = v[2], v[2] = rol(v[1], 30), v[1] = v[0], v[0] = sum;
    }
    for (int n = 0; n < 5; n++)
        sha1->h[n] += v[n];
}

static void sha1_begin(struct sha1 *sha1)
{
    *sha1 = (struct sha1){{0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0}, 0, {0}};
}

static void sha1_add(struct sha1 *sha1, const void *bytes, size_t size)
{
    const unsigned char *at = bytes;
    while (size > 0) {
        size_t filled = sha1->size % 64, take = size < 64 - filled ? size : 64 - filled;
        memcpy(sha1->block + filled, at, take);
        at += take;
        size -= take;
        sha1->size += take;
        if (filled + take == 64)
            sha1_block(sha1);
    }
}

static void sha1_end(struct sha1 *sha1, unsigned char out[20])
{
    unsigned char length[8];
    for (int n = 0; n < 8; n++)
        length[n] = (unsigned char)(sha1->size * 8 >> (56 - 8 * n));
    sha1_add(sha1, "\x80", 1);
    while (sha1->size % 64 != 56)
        sha1_add(sha1, "", 1);
    sha1_add(sha1, length, 8);
    for (int n = 0; n < 20; n++)
        out[n] = (unsigned char)(sha1->h[n / 4] >> (24 - 8 * (n % 4)));
}

/* The pack being written. */
struct pack {
    struct sha1 sha1;
    uint64_t offset;
    z_stream deflate;
};

static void put(struct pack *pack, const void *bytes, size_t size)
{
    sha1_add(&pack->sha1, bytes, size);
    pack->offset += size;
    if (fwrite(bytes, 1, size, stdout) != size)
        die("cannot write");
}

static void put_header(struct pack *pack, uint32_t count)
{
    unsigned char header[] = {'P', 'A', 'C', 'K', 0, 0, 0, 2, 0, 0, 0, 0};
    for (int n = 0; n < 4; n++)
        header[8 + n] = (unsigned char)(count >> (24 - 8 * n));
    memset(pack, 0, sizeof *pack);
    sha1_begin(&pack->sha1);
    if (deflateInit2(&pack->deflate, 1, Z_DEFLATED, 9, 1, Z_DEFAULT_STRATEGY) != Z_OK)
        die("cannot deflate");
    put(pack, header, sizeof header);
}

static void put_trailer(struct pack *pack)
{
    unsigned char id[20];
    sha1_end(&pack->sha1, id);
    deflateEnd(&pack->deflate);
    if (fwrite(id, 1, 20, stdout) != 20 || fflush(stdout) != 0)
        die("cannot write");
}

/* An entry: type, size, the distance to its base (0: none), the bytes deflated. */
static void put_entry(struct pack *pack, int type, uint64_t distance, const void *bytes,
                      size_t size)
{
    unsigned char head[20], offset[10], out[1024];
    size_t used = 0, at = sizeof offset, left = size >> 4;
    head[used] = (unsigned char)(type << 4 | (int)(size & 15));
    for (; left > 0; left >>= 7) {
        head[used++] |= 0x80;
        head[used] = left & 0x7f;
    }
    put(pack, head, used + 1);
    if (distance > 0) {
        offset[--at] = distance & 0x7f;
        while (distance >>= 7)
            offset[--at] = (unsigned char)(0x80 | (--distance & 0x7f));
        put(pack, offset + at, sizeof offset - at);
    }
    z_stream *stream = &pack->deflate;
    stream->next_in = (unsigned char *)(uintptr_t)bytes;
    stream->avail_in = (uInt)size;
    stream->next_out = out;
    stream->avail_out = sizeof out;
    if (deflate(stream, Z_FINISH) != Z_STREAM_END)
        die("cannot deflate");
    put(pack, out, sizeof out - stream->avail_out);
    deflateReset(stream);
}

static void name(const char *type, const char *text, size_t size, char hex[41])
{
    struct sha1 sha1;
    unsigned char id[20];
    char head[32];
    sha1_begin(&sha1);
    sha1_add(&sha1, head, (size_t)snprintf(head, sizeof head, "%s %zu", type, size) + 1);
    sha1_add(&sha1, text, size);
    sha1_end(&sha1, id);
    for (int n = 0; n < 20; n++) {
        hex[2 * n] = "0123456789abcdef"[id[n] >> 4];
        hex[2 * n + 1] = "0123456789abcdef"[id[n] & 15];
    }
    hex[40] = 0;
}

enum { PARENT_AT = 46 + 7 }; /* "tree 40\nparent " */

/* A commit as a delta to the one before: copy what stands before the parent's name, insert the
 * name, copy what follows it. */
static size_t chain_delta(const char *text, size_t size, unsigned char *delta)
{
    size_t used = 0, rest = size - PARENT_AT - 40;
    for (int n = 0; n < 2; n++) {
        delta[used++] = (unsigned char)(0x80 | (size & 0x7f));
        delta[used++] = (unsigned char)(size >> 7);
    }
    delta[used++] = 0x90;
    delta[used++] = PARENT_AT;
    delta[used++] = 40;
    memcpy(delta + used, text + PARENT_AT, 40);
    used += 40;
    delta[used++] = 0x91;
    delta[used++] = PARENT_AT + 40;
    delta[used++] = (unsigned char)rest;
    return used;
}

static void chain(uint32_t count)
{
    static const char who[] = "Carl Committer <carl@example.org> 1700000000 +0100";
    char text[512], hex[41], tree[41];
    unsigned char delta[128];
    struct pack pack;
    uint64_t before = 0;
    put_header(&pack, count + 1);
    put_entry(&pack, 2, 0, "", 0);
    name("tree", "", 0, tree);
    size_t size = (size_t)snprintf(text, sizeof text, "tree %s\nauthor %s\ncommitter %s\n\nRoot\n",
                                   tree, who, who);
    put_entry(&pack, 1, 0, text, size);
    name("commit", text, size, hex);
    for (uint32_t n = 1; n < count; n++) {
        size = (size_t)snprintf(text, sizeof text,
                                "tree %s\nparent %s\nauthor %s\ncommitter %s\n\nNext\n", tree, hex,
                                who, who);
        uint64_t offset = pack.offset;
        if (n == 1) /* the first with a parent: the chain's base */
            put_entry(&pack, 1, 0, text, size);
        else
            put_entry(&pack, 6, offset - before, delta, chain_delta(text, size, delta));
        before = offset;
        name("commit", text, size, hex);
    }
    put_trailer(&pack);
    fwrite(text, 1, size, stderr);
}

static void line(uint32_t count)
{
    char text[512], hex[41] = "", tree[41];
    struct pack pack;
    size_t size = 0;
    put_header(&pack, count + 1);
    put_entry(&pack, 2, 0, "", 0);
    name("tree", "", 0, tree);
    for (uint32_t n = 1; n <= count; n++) {
        static const char who[] = "Carl Committer <carl@example.org>";
        uint32_t date = 1500000000 + n;
        size = (size_t)snprintf(
            text, sizeof text,
            "tree %s\n%s%s%sauthor %s %u +0000\ncommitter %s %u +0000\n\nhello\n", tree,
            n > 1 ? "parent " : "", hex, n > 1 ? "\n" : "", who, date, who, date);
        put_entry(&pack, 1, 0, text, size);
        name("commit", text, size, hex);
    }
    put_trailer(&pack);
    fwrite(text, 1, size, stderr);
}

static unsigned char *slurp(size_t *size)
{
    unsigned char *bytes = NULL;
    size_t room = 0;
    *size = 0;
    for (;;) {
        if (*size == room && !(bytes = realloc(bytes, room = room ? 2 * room : 1 << 20)))
            die("out of memory");
        size_t got = fread(bytes + *size, 1, room - *size, stdin);
        if (got == 0)
            return bytes;
        *size += got;
    }
}

/* Bytes of the entry at AT: head, base's name, zlib stream. */
static size_t entry_size(const unsigned char *at, size_t left)
{
    unsigned char out[65536];
    size_t head = 0;
    int type = at[0] >> 4 & 7, result;
    while (at[head++] & 0x80)
        ;
    if (type == 6)
        die("the pack has an OFS_DELTA");
    if (type == 7)
        head += 20;
    z_stream stream = {.next_in = (unsigned char *)(uintptr_t)(at + head),
                       .avail_in = (uInt)(left - head)};
    if (inflateInit(&stream) != Z_OK)
        die("cannot inflate");
    do {
        stream.next_out = out;
        stream.avail_out = sizeof out;
        result = inflate(&stream, Z_NO_FLUSH);
    } while (result == Z_OK);
    if (result != Z_STREAM_END)
        die("damaged entry");
    inflateEnd(&stream);
    return head + stream.total_in;
}

static void reverse(void)
{
    size_t size, at = 12;
    unsigned char *bytes = slurp(&size);
    if (size < 32 || memcmp(bytes, "PACK", 4) != 0)
        die("no pack");
    uint32_t count =
        (uint32_t)bytes[8] << 24 | (uint32_t)bytes[9] << 16 | (uint32_t)bytes[10] << 8 | bytes[11];
    size_t *from = calloc((size_t)count + 1, sizeof *from);
    if (!from)
        die("out of memory");
    for (uint32_t n = 0; n < count; n++) {
        from[n] = at;
        at += entry_size(bytes + at, size - 20 - at);
    }
    from[count] = at;
    struct pack pack;
    put_header(&pack, count);
    for (uint32_t n = count; n > 0; n--)
        put(&pack, bytes + from[n - 1], from[n] - from[n - 1]);
    put_trailer(&pack);
    free(from);
    free(bytes);
}

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "chain") == 0)
        chain((uint32_t)strtoul(argv[2], NULL, 10));
    else if (argc == 3 && strcmp(argv[1], "line") == 0)
        line((uint32_t)strtoul(argv[2], NULL, 10));
    else if (argc == 2 && strcmp(argv[1], "reverse") == 0)
        reverse();
    else
        die("usage: packtool chain COUNT | packtool line COUNT | packtool reverse <PACK");
    return 0;
}
