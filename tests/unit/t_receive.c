/* SPDX-License-Identifier: MIT */
/* The one-pass receive, on packs made here; stock git judges what was written. */
#include "objects/odb.h"
#include "objects/peel.h"
#include "packmake.h"
#include "receive/receive.h"
#include "t.h"

#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

static char repo[64];
static int git_dir;

/* A reader that shows STEP bytes at a time. */
struct steps {
    struct reader reader;
    const unsigned char *from, *to;
    size_t step;
};

static int steps_more(struct reader *reader)
{
    struct steps *steps = (struct steps *)reader;
    size_t left = (size_t)(steps->to - steps->from), take = left < steps->step ? left : steps->step;
    reader->at = steps->from;
    reader->end = steps->from += take;
    reader->offset += take;
    return take > 0;
}

static void new_repo(void)
{
    char command[160];
    snprintf(command, sizeof command, "rm -rf %s; git init -q --bare %s", repo, repo);
    CHECK(system(command) == 0, "git init");
    git_dir = open(repo, O_RDONLY | O_DIRECTORY);
}

static int files_left(void)
{
    int count = 0, fd = openat(git_dir, "objects/pack", O_RDONLY | O_DIRECTORY);
    DIR *dir = fdopendir(fd);
    for (struct dirent *entry; (entry = readdir(dir));)
        count += entry->d_name[0] != '.';
    closedir(dir);
    return count;
}

static int run_with(struct packmake *pack, size_t step, struct odb *base, uint64_t memory,
                    const struct oid *want, struct receive_result *result, struct fault *fault)
{
    struct steps steps = {.reader = {.more = steps_more, .name = "memory", .fault = fault},
                          .from = pack->bytes,
                          .to = pack->bytes + pack->used,
                          .step = step};
    struct receive_options options = {
        .git_dir = git_dir, .hash = &hash_sha1, .base = base, .memory = memory};
    fault_clear(fault);
    return receive_pack(&steps.reader, &options, want, want ? 1 : 0, result, fault);
}

static void verify(const char *what)
{
    char command[256];
    snprintf(command, sizeof command, "cd %s && git verify-pack objects/pack/*.idx", repo);
    CHECK(system(command) == 0, "git verify-pack: %s", what);
}

static const char text[] = "a line of text that is the base of what follows\n";

/* K1-K8, R11: what must be refused, and the words for it. */
struct hostile {
    const char *why, *words;
    enum fault_class class;
    void (*make)(struct packmake *);
};

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
static void make_ref_missing(struct packmake *p)
{
    unsigned char delta[200];
    struct oid base = packmake_name(OBJECT_BLOB, "nowhere", 7);
    packmake_ref(p, &base, delta, packmake_delta(delta, 7, "x"));
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
static void make_trailer(struct packmake *p)
{
    packmake_whole(p, OBJECT_BLOB, text, 10);
    packmake_end(p);
    p->bytes[p->used - 1] ^= 1;
}
static void make_hole(struct packmake *p)
{
    unsigned char tree[64] = "100644 a";
    packmake_whole(p, OBJECT_BLOB, text, 10);
    memset(tree + 9, 0x11, 20);
    packmake_whole(p, OBJECT_TREE, tree, 29);
    packmake_whole(p, OBJECT_BLOB, text, 11);
    packmake_end(p);
}
static void make_wrong_link(struct packmake *p)
{
    unsigned char tree[64] = "40000 a";
    struct oid blob = packmake_name(OBJECT_BLOB, text, 10);
    packmake_whole(p, OBJECT_BLOB, text, 10);
    memcpy(tree + 8, blob.id, 20);
    packmake_whole(p, OBJECT_TREE, tree, 28);
    packmake_end(p);
}
static void make_links(struct packmake *p)
{
    unsigned char tree[3000];
    size_t used = 0;
    for (int i = 0; i < 80; i++) {
        used += (size_t)snprintf((char *)tree + used, 20, "100644 f%02d", i) + 1;
        memset(tree + used, i + 1, 20);
        used += 20;
    }
    packmake_whole(p, OBJECT_TREE, tree, used);
    packmake_end(p);
}
/* Links to the empty tree's id as if it were a commit, a tagged commit, a blob. */
#define EMPTY_TREE "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
static void make_empty_parent(struct packmake *p)
{
    static const char commit[] = "tree " EMPTY_TREE "\nparent " EMPTY_TREE "\nauthor A\n";
    packmake_whole(p, OBJECT_COMMIT, commit, sizeof commit - 1);
    packmake_whole(p, OBJECT_BLOB, text, 10);
    packmake_end(p);
}
static void make_empty_tagged(struct packmake *p)
{
    static const char tag[] = "object " EMPTY_TREE "\ntype commit\ntag t\n";
    packmake_whole(p, OBJECT_TAG, tag, sizeof tag - 1);
    packmake_whole(p, OBJECT_BLOB, text, 10);
    packmake_end(p);
}
static void make_empty_blob(struct packmake *p)
{
    unsigned char tree[64] = "100644 a";
    struct oid empty = packmake_name(OBJECT_TREE, "", 0);
    memcpy(tree + 9, empty.id, 20);
    packmake_whole(p, OBJECT_TREE, tree, 29);
    packmake_whole(p, OBJECT_BLOB, text, 10);
    packmake_end(p);
}
static void make_empty_both(struct packmake *p)
{
    packmake_whole(p, OBJECT_TREE, "", 0);
    make_empty_blob(p);
}
static void make_commit_cut(struct packmake *p)
{
    packmake_whole(p, OBJECT_COMMIT, "tree 123\n", 9);
    packmake_end(p);
}

/* The disk is what the test says, in blocks of 512 bytes; 0: one that does not know. */
static unsigned long disk_blocks, disk_files;

int fstatvfs(int fd, struct statvfs *out)
{
    (void)fd;
    *out = (struct statvfs){.f_frsize = 512, .f_blocks = disk_blocks, .f_bavail = disk_blocks};
    out->f_files = out->f_favail = disk_files;
    return 0;
}

/* A pack of one object takes at least 41 bytes, its .idx 1100: one block and three. */
static void room(void)
{
    static const struct {
        unsigned long blocks, files;
        const char *words;
    } disks[] = {
        {3, 2, "no room on the disk: the pack, at least, needs 2 KiB, 1 KiB are free"},
        {4, 1, "no room on the disk: the pack, at least, needs 2 inodes, 1 are free"},
        {4, 2, NULL},
        {4, 0, NULL},
        {0, 0, NULL},
    };
    for (size_t i = 0; i < sizeof disks / sizeof *disks; i++) {
        struct packmake pack;
        struct receive_result result;
        struct fault fault;
        packmake_begin(&pack);
        packmake_whole(&pack, OBJECT_BLOB, "hello", 5);
        packmake_end(&pack);
        disk_blocks = disks[i].blocks;
        disk_files = disks[i].files;
        int rc = run_with(&pack, 1000, NULL, 0, NULL, &result, &fault);
        if (disks[i].words)
            CHECK(rc < 0 && fault.class == FAULT_LOCAL && strstr(fault.text, disks[i].words),
                  "room: %s", fault.text);
        else
            CHECK(rc == 0, "room: %s", fault.text);
        CHECK(!disks[i].words || files_left() == 0, "room: left files");
        free(pack.bytes);
    }
    disk_blocks = disk_files = 0;
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
    {"K4: no base", "whose base is not in it", FAULT_PROTOCOL, make_ref_missing},
    {"K5: wrong base size", "made for a base of 21", FAULT_PROTOCOL, make_delta_base_lies},
    {"K7: 191 bytes that make 2^48", "a delta of 191 bytes", FAULT_LIMIT, make_bomb},
    {"K8: wrong trailer", "the bytes before it hash to", FAULT_PROTOCOL, make_trailer},
    {"R11: a missing blob", "incomplete", FAULT_PROTOCOL, make_hole},
    {"P7: a blob linked to as a tree", "linked to as a tree", FAULT_PROTOCOL, make_wrong_link},
    {"R11: more links than objects", "cannot be among", FAULT_PROTOCOL, make_links},
    {"K12: the empty tree as a parent", "object " EMPTY_TREE " is linked to but missing",
     FAULT_PROTOCOL, make_empty_parent},
    {"K12: the empty tree as a tagged commit", "object " EMPTY_TREE " is linked to but missing",
     FAULT_PROTOCOL, make_empty_tagged},
    {"K12: the empty tree as a file", "object " EMPTY_TREE " is linked to but missing",
     FAULT_PROTOCOL, make_empty_blob},
    {"K12: the empty tree as a file, and it is there", "linked to as a blob", FAULT_PROTOCOL,
     make_empty_both},
    {"K10: a commit that can't be parsed", "commit", FAULT_PROTOCOL, make_commit_cut},
};

static void hostile(void)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct packmake pack;
        struct receive_result result;
        struct fault fault;
        packmake_begin(&pack);
        rows[i].make(&pack);
        for (size_t step = 1; step < 100000; step *= 7) {
            int rc = run_with(&pack, step, NULL, 0, NULL, &result, &fault);
            CHECK(rc < 0 && fault.class == rows[i].class && strstr(fault.text, rows[i].words),
                  "%s, by %zu: %s", rows[i].why, step, fault.text);
            CHECK(files_left() == 0, "%s left files", rows[i].why);
        }
        free(pack.bytes);
    }
}

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

/* COUNT versions of a blob, each a REF_DELTA to the one before, in order or in reverse. */
static void make_chain(struct packmake *pack, unsigned count, bool reverse, struct oid *last)
{
    unsigned char delta[400];
    char line[16];
    size_t size = 100;
    char *body = calloc(1, 100 + (size_t)count * 8 + 1);
    struct oid *names = calloc(count + 1, sizeof *names);
    memset(body, 'b', size);
    names[0] = packmake_name(OBJECT_BLOB, body, size);
    for (unsigned i = 1; i <= count; i++) {
        snprintf(line, sizeof line, "%07u\n", i);
        memcpy(body + size, line, 8);
        size += 8;
        names[i] = packmake_name(OBJECT_BLOB, body, size);
    }
    packmake_begin(pack);
    if (!reverse)
        packmake_whole(pack, OBJECT_BLOB, body, 100);
    for (unsigned k = 1; k <= count; k++) {
        unsigned i = reverse ? count + 1 - k : k;
        snprintf(line, sizeof line, "%07u\n", i);
        packmake_ref(pack, &names[i - 1], delta,
                     packmake_delta(delta, 100 + (size_t)(i - 1) * 8, line));
    }
    if (reverse)
        packmake_whole(pack, OBJECT_BLOB, body, 100);
    packmake_end(pack);
    *last = names[count];
    free(names);
    free(body);
}

static void chains(void)
{
    for (int reverse = 0; reverse < 2; reverse++) {
        struct packmake pack;
        struct receive_result result;
        struct fault fault;
        struct oid last;
        make_chain(&pack, 2000, reverse, &last);
        new_repo();
        int rc = run_with(&pack, 1000, NULL, 0, &last, &result, &fault);
        CHECK(rc == 0 && result.objects == 2001, "reverse %d: %s", reverse, fault.text);
        CHECK(files_left() == 2, "%d files", files_left());
        verify(reverse ? "REF_DELTAs before their bases" : "REF_DELTAs only");
        free(pack.bytes);
    }
}

/* The same object twice is harmless. */
static void twins(void)
{
    struct packmake pack;
    struct receive_result result;
    struct fault fault;
    new_repo();
    packmake_begin(&pack);
    packmake_whole(&pack, OBJECT_BLOB, text, 10);
    packmake_whole(&pack, OBJECT_BLOB, text, 10);
    packmake_end(&pack);
    CHECK(run_with(&pack, 1000, NULL, 0, NULL, &result, &fault) == 0, "R12: %s", fault.text);
    char command[256]; /* verify-pack refuses twins, as strict index-pack does; fsck takes them */
    snprintf(command, sizeof command,
             "git -C %s cat-file --batch-check --batch-all-objects >/dev/null && "
             "git -C %s fsck --full >/dev/null 2>&1",
             repo, repo);
    CHECK(system(command) == 0, "git fsck: twins");
    free(pack.bytes);
}

/* A large blob and a delta to it, in less memory than either: both go through scratch files. */
static void large(void)
{
    enum { SIZE = 3000000 };
    struct packmake pack;
    struct receive_result result;
    struct fault fault;
    unsigned char delta[64];
    unsigned char *body = malloc(SIZE + 5);
    uint32_t random = 1;
    for (size_t i = 0; i < SIZE; i++)
        body[i] = (unsigned char)((random = random * 1103515245 + 12345) >> 24);
    new_repo();
    packmake_begin(&pack);
    uint64_t base = packmake_whole(&pack, OBJECT_BLOB, body, SIZE);
    size_t used = 0;
    for (uint64_t sizes[] = {SIZE, SIZE + 5}, *s = sizes; s < sizes + 2; s++) {
        uint64_t size = *s;
        for (; size > 127; size >>= 7)
            delta[used++] = 128 | (size & 127);
        delta[used++] = (unsigned char)size;
    }
    delta[used++] = 0x80 | 0x70;
    delta[used++] = SIZE & 255;
    delta[used++] = SIZE >> 8 & 255;
    delta[used++] = SIZE >> 16;
    memcpy(delta + used, "\005hello", 6);
    memcpy(body + SIZE, "hello", 5);
    struct oid name = packmake_name(OBJECT_BLOB, body, SIZE + 5);
    packmake_ofs(&pack, base, delta, used + 6);
    packmake_end(&pack);
    CHECK(run_with(&pack, 4096, NULL, 4 << 20, &name, &result, &fault) == 0, "%s", fault.text);
    verify("a delta to a large blob");
    free(pack.bytes);
    free(body);
}

static void thin(void)
{
    struct packmake pack;
    struct receive_result result;
    struct fault fault;
    unsigned char delta[200];
    char body[200];
    new_repo();
    packmake_begin(&pack);
    packmake_whole(&pack, OBJECT_BLOB, text, sizeof text - 1);
    packmake_end(&pack);
    CHECK(run_with(&pack, 1000, NULL, 0, NULL, &result, &fault) == 0, "%s", fault.text);
    free(pack.bytes);
    struct odb *odb = odb_open(git_dir, &hash_sha1, 100000, &fault);
    CHECK(odb != NULL, "%s", fault.text);
    struct oid base = packmake_name(OBJECT_BLOB, text, sizeof text - 1);
    packmake_begin(&pack);
    packmake_ref(&pack, &base, delta, packmake_delta(delta, sizeof text - 1, "more"));
    packmake_end(&pack);
    snprintf(body, sizeof body, "%smore", text);
    struct oid name = packmake_name(OBJECT_BLOB, body, strlen(body));
    CHECK(run_with(&pack, 1000, odb, 0, &name, &result, &fault) == 0, "thin: %s", fault.text);
    CHECK(result.objects == 2, "%" PRIu32, result.objects);
    odb_close(odb);
    verify("a completed thin pack");
    free(pack.bytes);
}

/* K10: a hundred thousand tags, each of the one before; at the end there is a commit. */
static void tag_chain(void)
{
    enum { TAGS = 100000 };
    struct packmake pack;
    struct receive_result result;
    struct fault fault;
    char body[200], hex[OID_HEX];
    new_repo();
    packmake_begin(&pack);
    struct oid tree = packmake_name(OBJECT_TREE, "", 0), commit, found;
    packmake_whole(&pack, OBJECT_TREE, "", 0);
    int size =
        snprintf(body, sizeof body, "tree %s\nauthor a <b> 1 +0000\ncommitter a <b> 1 +0000\n\nc\n",
                 oid_hex(&tree, hex));
    commit = packmake_name(OBJECT_COMMIT, body, (size_t)size);
    packmake_whole(&pack, OBJECT_COMMIT, body, (size_t)size);
    struct oid last = commit;
    for (int i = 0; i < TAGS; i++) {
        size = snprintf(body, sizeof body, "object %s\ntype %s\ntag t\n\nt\n", oid_hex(&last, hex),
                        i ? "tag" : "commit");
        last = packmake_name(OBJECT_TAG, body, (size_t)size);
        packmake_whole(&pack, OBJECT_TAG, body, (size_t)size);
    }
    packmake_end(&pack);
    CHECK(run_with(&pack, 65536, NULL, 0, &last, &result, &fault) == 0, "%s", fault.text);
    struct odb *odb = odb_open(git_dir, &hash_sha1, 100000, &fault);
    CHECK(odb && peel_to_commit(odb, &last, &found, &fault) == 0 && oid_equal(&found, &commit),
          "K10: %s", fault.text);
    odb_close(odb);
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

static void memory_limit(void)
{
    struct packmake pack;
    struct receive_result result;
    struct fault fault;
    packmake_begin(&pack);
    pack.count = 50000000;
    packmake_end(&pack);
    CHECK(run_with(&pack, 1000, NULL, 24 << 20, NULL, &result, &fault) < 0 &&
              fault.class == FAULT_LIMIT && strstr(fault.text, "--mem allows"),
          "%s", fault.text);
    free(pack.bytes);
}

int main(void)
{
    snprintf(repo, sizeof repo, "/tmp/t_receive.%ld", (long)getpid());
    new_repo();
    room();
    new_repo();
    hostile();
    cut();
    empty();
    chains();
    twins();
    large();
    thin();
    tag_chain();
    huge_header();
    memory_limit();
    char command[100];
    snprintf(command, sizeof command, "rm -rf %s", repo);
    CHECK(system(command) == 0, "rm");
    return T_DONE();
}
