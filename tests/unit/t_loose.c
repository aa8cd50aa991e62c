/* SPDX-License-Identifier: MIT */
/* Objects in files of their own: those that stock git writes, at every level of compression,
 * against what it was given; and files that are cut, damaged, or say something else than they hold.
 */
#include "objects/loose.h"

#include "packmake.h"
#include "scratch.h"

#include <inttypes.h>

static struct fault fault;
static int git_dir;
static _Alignas(max_align_t) unsigned char room[INFLATE_ROOM];
static struct inflate *inflater;

static struct oid id(const char *hex)
{
    struct oid oid = {.len = 0};
    oid_parse(hex, strlen(hex), &oid);
    return oid;
}

struct collected {
    unsigned char *bytes;
    size_t size, pieces, stop_at; /* stop_at: fails at this piece */
};

static int collect(void *context, const unsigned char *bytes, size_t size)
{
    struct collected *to = context;
    if (++to->pieces == to->stop_at)
        return fault_set(&fault, FAULT_LOCAL, "the disk is full");
    to->bytes = realloc(to->bytes, to->size + size + 1);
    if (size > 0)
        memcpy(to->bytes + to->size, bytes, size);
    to->size += size;
    return 0;
}

/* Every way to ask for it gives TYPE and SIZE bytes of that name. */
static void check(const char *why, const struct oid *oid, enum object_type expected, uint64_t size)
{
    enum object_type type = OBJECT_NONE;
    uint64_t said = UINT64_MAX;
    struct buffer *whole = NULL;
    struct collected streamed = {0};
    fault_clear(&fault);
    CHECK(loose_has(git_dir, oid), "%s: is not there", why);
    CHECK(loose_size(git_dir, inflater, oid, &type, &said, &fault) == 0 && type == expected &&
              said == size,
          "%s: size %" PRIu64 ": %s", why, said, fault.text);
    type = OBJECT_NONE;
    CHECK(loose_read(git_dir, inflater, oid, (size_t)size, &type, &whole, &fault) == 0 &&
              type == expected,
          "%s: %s", why, fault.text);
    if (whole) {
        struct oid name = packmake_name(type, whole->bytes, whole->size);
        CHECK(whole->size == size && oid_equal(&name, oid), "%s: other bytes", why);
        buffer_drop(whole);
    }
    type = OBJECT_NONE;
    CHECK(loose_stream(git_dir, inflater, oid, &type, collect, &streamed, &fault) == 0 &&
              type == expected && streamed.size == size && streamed.pieces > 0,
          "%s: %s", why, fault.text);
    struct oid name = packmake_name(type, streamed.bytes ? streamed.bytes : room, streamed.size);
    CHECK(oid_equal(&name, oid), "%s: other bytes are streamed", why);
    free(streamed.bytes);
    if (size > 0) {
        CHECK(loose_read(git_dir, inflater, oid, (size_t)size - 1, &type, &whole, &fault) < 0 &&
                  fault.class == FAULT_LIMIT,
              "%s: over the limit", why);
        fault_clear(&fault);
    }
    streamed = (struct collected){.stop_at = 1};
    CHECK(loose_stream(git_dir, inflater, oid, &type, collect, &streamed, &fault) < 0, "%s", why);
    CHECK_TEXT(fault.text, "the disk is full");
}

static void of_git(void)
{
    static const struct {
        const char *why, *command;
        enum object_type type;
        uint64_t size;
    } rows[] = {
        {"empty", "git hash-object -w --stdin </dev/null", OBJECT_BLOB, 0},
        {"a byte", "printf x | git hash-object -w --stdin", OBJECT_BLOB, 1},
        {"17 bytes", "printf 0123456789abcdefg | git hash-object -w --stdin", OBJECT_BLOB, 17},
        {"25 bytes", "printf 0123456789abcdefghijklmno | git hash-object -w --stdin", OBJECT_BLOB,
         25},
        {"NULs", "head -c 100000 /dev/zero | git hash-object -w --stdin", OBJECT_BLOB, 100000},
        {"a piece", "head -c 16384 /dev/urandom | git hash-object -w --stdin", OBJECT_BLOB, 16384},
        {"a piece and a byte", "head -c 16385 /dev/urandom | git hash-object -w --stdin",
         OBJECT_BLOB, 16385},
        {"two pieces", "head -c 32768 /dev/urandom | git hash-object -w --stdin", OBJECT_BLOB,
         32768},
        {"a large one", "head -c 3000001 /dev/urandom | git hash-object -w --stdin", OBJECT_BLOB,
         3000001},
        {"an empty tree", "git hash-object -w -t tree /dev/null", OBJECT_TREE, 0},
        {"a tree",
         "git mktree --missing </dev/null >/dev/null; h=$(echo 1 | git hash-object -w "
         "--stdin); printf '100644 blob %s\\ta\\n' $h | git mktree",
         OBJECT_TREE, 29},
        {"a commit",
         "printf 'tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\\nauthor A <a> 1 +0000\\n"
         "committer C <c> 1 +0000\\n\\nm\\n' | git hash-object -w -t commit --stdin",
         OBJECT_COMMIT, 94},
        {"a tag",
         "printf 'object 4b825dc642cb6eb9a060e54bf8d69288fbee4904\\ntype tree\\ntag t\\n"
         "tagger T <t> 1 +0000\\n\\nm\\n' | git hash-object -w -t tag --stdin",
         OBJECT_TAG, 88},
    };
    for (int level = 0; level <= 9; level += 3)
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
            char why[64], text[16];
            snprintf(text, sizeof text, "%d", level);
            setenv("GIT_CONFIG_COUNT", "1", 1);
            setenv("GIT_CONFIG_KEY_0", "core.looseCompression", 1);
            setenv("GIT_CONFIG_VALUE_0", text, 1);
            CHECK(system("rm -rf objects/??") == 0, "rm");
            struct oid oid = id(shell(rows[i].command));
            snprintf(why, sizeof why, "%s at level %d", rows[i].why, level);
            CHECK(oid.len == OID_SHA1, "%s", why);
            check(why, &oid, rows[i].type, rows[i].size);
        }
    unsetenv("GIT_CONFIG_COUNT");
}

#define NAME "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define PATH "objects/aa/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static void object_write(const void *bytes, size_t size)
{
    FILE *file = fopen(PATH, "w");
    if (file == NULL || fwrite(bytes, 1, size, file) != size || fclose(file) != 0)
        CHECK(0, "cannot write");
}

/* BYTES as they are, compressed, as the object's file. Returns the file's size. */
static size_t object_deflate(const void *bytes, size_t size, unsigned char *out, uLongf most)
{
    CHECK(compress2(out, &most, bytes, (uLong)size, 6) == Z_OK, "zlib");
    object_write(out, most);
    return most;
}

/* None of the ways takes it, and each names the object. */
static void refuse(const char *why, enum fault_class class)
{
    struct oid oid = id(NAME);
    enum object_type type;
    struct buffer *whole = NULL;
    struct collected streamed = {0};
    fault_clear(&fault);
    CHECK(loose_read(git_dir, inflater, &oid, 1 << 20, &type, &whole, &fault) != 0, "%s: taken",
          why);
    CHECK(fault.class == class && strstr(fault.text, "object " NAME), "%s: %s", why, fault.text);
    fault_clear(&fault);
    CHECK(loose_stream(git_dir, inflater, &oid, &type, collect, &streamed, &fault) != 0,
          "%s: streamed", why);
    CHECK(fault.class == class && strstr(fault.text, "object " NAME), "%s: %s", why, fault.text);
    free(streamed.bytes);
}

static void wrong_heads(void)
{
    static const struct {
        const char *why, *bytes;
        size_t size;
    } rows[] = {
#define ROW(why, bytes) {why, bytes, sizeof bytes - 1}
        ROW("no bytes", ""),
        ROW("no NUL", "blob 5"),
        ROW("no blank", "blob5\0hello"),
        ROW("no size", "blob \0hello"),
        ROW("no type", " 5\0hello"),
        ROW("another type", "blub 5\0hello"),
        ROW("half a type", "blo 5\0hello"),
        ROW("a longer type", "blobs 5\0hello"),
        ROW("upper case", "Blob 5\0hello"),
        ROW("a delta", "ofs-delta 5\0hello"),
        ROW("two blanks", "blob  5\0hello"),
        ROW("a blank behind", "blob 5 \0hello"),
        ROW("a sign", "blob +5\0hello"),
        ROW("less than nothing", "blob -5\0hello"),
        ROW("a hexadecimal size", "blob 0x5\0hello"),
        ROW("a zero in front", "blob 05\0hello"),
        ROW("too large a number", "blob 18446744073709551616\0hello"),
        ROW("nearly too large a number", "blob 18446744073709551615\0hello"),
        ROW("a long head", "blob 00000000000000000000000000000005\0hello"),
        ROW("an LF", "blob 5\n\0hello"),
        ROW("a byte less", "blob 5\0hell"),
        ROW("nothing", "blob 5\0"),
        ROW("a byte more", "blob 5\0hello!"),
        ROW("an empty one with a byte", "blob 0\0x"),
        ROW("a size that is far too large", "blob 1000000000000\0hello"),
#undef ROW
    };
    unsigned char out[256];
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bool large = strstr(rows[i].why, "far too large") != NULL;
        object_deflate(rows[i].bytes, rows[i].size, out, sizeof out);
        if (!large) {
            refuse(rows[i].why, FAULT_PROTOCOL);
            continue;
        }
        struct oid oid = id(NAME);
        enum object_type type;
        struct buffer *whole;
        fault_clear(&fault);
        CHECK(loose_read(git_dir, inflater, &oid, 1 << 20, &type, &whole, &fault) < 0 &&
                  fault.class == FAULT_LIMIT,
              "%s: %s", rows[i].why, fault.text);
    }
}

/* Cut behind every byte, and with every bit of every byte turned over. */
static void damaged(void)
{
    unsigned char out[256];
    size_t size = object_deflate("blob 11\0hello world", 19, out, sizeof out);
    char why[64];
    struct oid oid = id(NAME);
    enum object_type type;
    struct buffer *whole;
    fault_clear(&fault);
    CHECK(loose_read(git_dir, inflater, &oid, 11, &type, &whole, &fault) == 0 &&
              memcmp(whole->bytes, "hello world", 11) == 0,
          "%s", fault.text);
    buffer_drop(whole);
    for (size_t cut = 0; cut < size; cut++) {
        snprintf(why, sizeof why, "cut at %zu", cut);
        object_write(out, cut);
        refuse(why, FAULT_PROTOCOL);
    }
    for (size_t bit = 0; bit < size * 8; bit++) {
        out[bit / 8] ^= (unsigned char)(1 << bit % 8);
        object_write(out, size);
        fault_clear(&fault);
        /* The level in zlib's head, and the bits behind the last code, mean nothing. */
        whole = NULL;
        int rc = loose_read(git_dir, inflater, &oid, 1 << 20, &type, &whole, &fault);
        CHECK(rc < 0 ? fault.class == FAULT_PROTOCOL || fault.class == FAULT_LIMIT
                     : whole->size == 11 && memcmp(whole->bytes, "hello world", 11) == 0,
              "bit %zu: %d, %s", bit, rc, fault.text);
        buffer_drop(whole);
        out[bit / 8] ^= (unsigned char)(1 << bit % 8);
    }
    object_write("not a zlib stream", 17);
    refuse("no stream", FAULT_PROTOCOL);
}

static void not_there(void)
{
    struct oid oid = id(NAME);
    enum object_type type;
    uint64_t size;
    unlink(PATH);
    CHECK(!loose_has(git_dir, &oid), "is there");
    refuse("missing", FAULT_PROTOCOL);
    CHECK(strstr(fault.text, "is missing") != NULL, "%s", fault.text);
    CHECK(loose_size(git_dir, inflater, &oid, &type, &size, &fault) == 1, "not said to be missing");
    CHECK(mkdir(PATH, 0755) == 0, "mkdir");
    refuse("a directory", FAULT_PROTOCOL);
    CHECK(rmdir(PATH) == 0, "rmdir");
}

static void shared(void)
{
    static const struct {
        const char *name; /* beside objects/ab/ */
        unsigned digits;  /* in common with abcd0... */
    } rows[] = {
        {"00000000000000000000000000000000000000", 2},
        {"c0000000000000000000000000000000000000", 3},
        {"cd1", 3},
        {"cd00000000000000000000000000000000000x", 3},
        {"tmp_obj_cd0000", 3},
        {"cd000000000000000000000000000000000001", 39},
    };
    struct oid oid = id("abcd000000000000000000000000000000000000");
    char path[128];
    CHECK(loose_shared(git_dir, &oid) == 0, "no directory");
    CHECK(mkdir("objects/ab", 0755) == 0 && loose_shared(git_dir, &oid) == 0, "an empty one");
    file_make("objects/ab/cd000000000000000000000000000000000000", "itself");
    CHECK(loose_shared(git_dir, &oid) == 0, "itself");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        snprintf(path, sizeof path, "objects/ab/%s", rows[i].name);
        file_make(path, "");
        CHECK(loose_shared(git_dir, &oid) == rows[i].digits, "%s: %u", rows[i].name,
              loose_shared(git_dir, &oid));
    }
}

int main(void)
{
    scratch_open();
    CHECK(system("git init -q --bare .") == 0, "git");
    git_dir = open(".", O_RDONLY | O_DIRECTORY);
    inflater = inflate_open(room, sizeof room, &fault);
    of_git();
    CHECK(system("rm -rf objects/??; mkdir objects/aa") == 0, "rm");
    wrong_heads();
    damaged();
    not_there();
    shared();
    close(git_dir);
    scratch_close();
    return T_DONE();
}
