/* SPDX-License-Identifier: MIT */
/* The one-pass receive, on packs made here; stock git judges what was written. */
#include "receiver.h"

static void make_magic(struct packmake *p)
{
    packmake_end(p);
    p->bytes[0] = 'Q';
}
static void make_version(struct packmake *p)
{
    packmake_end(p);
    p->bytes[7] = 9;
}
static void make_count_over(struct packmake *p)
{
    packmake_whole(p, OBJECT_BLOB, text, 10);
    p->count++;
    packmake_end(p);
}
static void make_count_under(struct packmake *p)
{
    packmake_whole(p, OBJECT_BLOB, text, 10);
    p->count = 0;
    packmake_end(p);
}
static void make_count_huge(struct packmake *p)
{
    packmake_whole(p, OBJECT_BLOB, text, 10);
    p->count = UINT32_MAX;
    packmake_end(p);
}
static void make_type5(struct packmake *p)
{
    packmake_whole(p, (enum object_type)5, text, 10);
    packmake_end(p);
}
static void make_size_over(struct packmake *p)
{
    packmake_entry(p, OBJECT_BLOB, 11, NULL, 0, text, 10);
    packmake_end(p);
}
static void make_size_under(struct packmake *p)
{
    packmake_entry(p, OBJECT_BLOB, 9, NULL, 0, text, 10);
    packmake_end(p);
}
static void make_ofs_zero(struct packmake *p)
{
    packmake_entry(p, OBJECT_OFS_DELTA, 4, "\0", 1, text, 4);
    packmake_end(p);
}
static void make_ofs_middle(struct packmake *p)
{
    unsigned char delta[200];
    uint64_t base = packmake_whole(p, OBJECT_BLOB, text, 20);
    packmake_ofs(p, base + 1, delta, packmake_delta(delta, 20, "x"));
    packmake_end(p);
}
static void make_delta_base_lies(struct packmake *p)
{
    unsigned char delta[200];
    uint64_t base = packmake_whole(p, OBJECT_BLOB, text, 20);
    packmake_ofs(p, base, delta, packmake_delta(delta, 21, "x"));
    packmake_end(p);
}
static void make_bomb(struct packmake *p)
{
    unsigned char delta[400] = {20, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x40};
    uint64_t base = packmake_whole(p, OBJECT_BLOB, text, 20);
    packmake_ofs(p, base, delta, 191);
    packmake_end(p);
}

static const struct hostile rows[] = {
    {"K1: magic", "expected \"PACK\"", FAULT_PROTOCOL, make_magic},
    {"K1: version", "version 9", FAULT_PROTOCOL, make_version},
    {"K1: one more announced", "pack entry 1", FAULT_PROTOCOL, make_count_over},
    {"K1: entries where none are announced", "the trailer", FAULT_PROTOCOL, make_count_under},
    {"K1: 2^32-1 announced", "pack entry 1", FAULT_PROTOCOL, make_count_huge},
    {"K2: type 5", "type 5", FAULT_PROTOCOL, make_type5},
    {"K3: a byte short", "11 were announced", FAULT_PROTOCOL, make_size_over},
    {"K3: a byte long", "more than the 9 bytes", FAULT_PROTOCOL, make_size_under},
    {"K4: offset 0", "where no entry can be", FAULT_PROTOCOL, make_ofs_zero},
    {"K4: into an entry", "where no entry begins", FAULT_PROTOCOL, make_ofs_middle},
    {"K5: wrong base size", "made for a base of 21", FAULT_PROTOCOL, make_delta_base_lies},
    {"K7: 191 bytes that make 2^48", "a delta of 191 bytes", FAULT_LIMIT, make_bomb},
};

/* K8: cut at any byte. */
static void cut(void)
{
    struct packmake pack;
    struct receive_result result;
    struct fault fault;
    packmake_begin(&pack);
    packmake_whole(&pack, OBJECT_BLOB, text, sizeof text - 1);
    packmake_end(&pack);
    size_t whole = pack.used;
    for (pack.used = 0; pack.used < whole; pack.used++)
        CHECK(run_with(&pack, 5, NULL, 0, NULL, &result, &fault) < 0, "cut at %zu", pack.used);
    CHECK(files_left() == 0, "cuts left files");
    free(pack.bytes);
}

static void empty(void)
{
    struct packmake pack;
    struct receive_result result = {.objects = 7};
    struct fault fault;
    packmake_begin(&pack);
    packmake_end(&pack);
    CHECK(run_with(&pack, 32, NULL, 0, NULL, &result, &fault) == 0 && result.objects == 0,
          "K1: the empty pack: %s", fault.text);
    CHECK(files_left() == 0, "the empty pack left files");
    free(pack.bytes);
}

/* K10: a commit with a header of a hundred megabytes is refused before memory is taken for it. */
static void huge_header(void)
{
    enum { SIZE = 100 << 20 };
    struct packmake pack;
    struct receive_result result;
    struct fault fault;
    char *body = calloc(1, SIZE);
    new_repo();
    packmake_begin(&pack);
    packmake_whole(&pack, OBJECT_COMMIT, body, SIZE);
    packmake_end(&pack);
    CHECK(run_with(&pack, 65536, NULL, 0, NULL, &result, &fault) < 0 &&
              fault.class == FAULT_LIMIT && strstr(fault.text, "a commit of 104857600 bytes"),
          "K10: %s", fault.text);
    CHECK(files_left() == 0, "a huge commit left files");
    free(pack.bytes);
    free(body);
}

int main(void)
{
    scratch_open();
    new_repo();
    hostile(rows, sizeof rows / sizeof *rows);
    cut();
    empty();
    huge_header();
    close(git_dir);
    scratch_close();
    return T_DONE();
}
