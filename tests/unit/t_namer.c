/* SPDX-License-Identifier: MIT */
/* Names of objects and what they link to, with threads and without. packmake.h names the same
 * bytes by itself. */
#include "receive/namer.h"

#include "receiver.h"

#include <inttypes.h>

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

/* R11, P7, K10: seen through all of receive_pack(). */
static const struct hostile hostile_rows[] = {
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

/* One object: what it is called, and its bytes. */
struct sample {
    enum object_type type;
    unsigned char bytes[256];
    size_t size;
    struct oid name;
};

/* By letter: b a blob; t a tree with b; c a commit of t; d another, after c; e a commit of the
 * empty tree; g a tag of c; m a tree with a submodule; x a commit that cannot be parsed. */
static struct sample samples[128];

static void sample(char letter, enum object_type type, const char *format, const char *a,
                   const char *b)
{
    struct sample *s = &samples[(int)letter];
    s->type = type;
    s->size = (size_t)snprintf((char *)s->bytes, sizeof s->bytes, format, a, b);
    s->name = packmake_name(type, s->bytes, s->size);
}

static void sample_tree(char letter, const char *mode, const unsigned char *id)
{
    struct sample *s = &samples[(int)letter];
    s->type = OBJECT_TREE;
    s->size = (size_t)snprintf((char *)s->bytes, sizeof s->bytes, "%s a", mode) + 1;
    memcpy(s->bytes + s->size, id, 20);
    s->size += 20;
    s->name = packmake_name(OBJECT_TREE, s->bytes, s->size);
}

static void make_samples(void)
{
    char tree[OID_HEX], commit[OID_HEX], none[OID_HEX];
    struct oid empty = packmake_name(OBJECT_TREE, "", 0);
    sample('b', OBJECT_BLOB, "%s", text, "");
    sample_tree('t', "100644", samples['b'].name.id);
    sample_tree('m', "160000", samples['b'].name.id);
    oid_hex(&samples['t'].name, tree);
    sample('c', OBJECT_COMMIT, "tree %s\n\nc", tree, "");
    oid_hex(&samples['c'].name, commit);
    sample('d', OBJECT_COMMIT, "tree %s\nparent %s\n\nd", tree, commit);
    sample('e', OBJECT_COMMIT, "tree %s\n\ne", oid_hex(&empty, none), "");
    sample('g', OBJECT_TAG, "object %s\ntype commit\ntag g\n\ng", commit, "");
    sample('x', OBJECT_COMMIT, "tree 123\n", "", "");
}

enum { QUEUE = 1 << 16 };
static size_t queue = QUEUE; /* bytes that may wait */

struct run {
    struct namer_options options;
    struct arrivals table;
    struct namer *namer;
    struct fault fault;
};

static void run_open(struct run *run, unsigned threads, const char *shallow, struct odb *base)
{
    fault_clear(&run->fault);
    run->options = (struct namer_options){
        .hash = &hash_sha1, .base = base, .threads = threads, .queue = queue};
    if (shallow) {
        run->options.shallow = &samples[(int)*shallow].name;
        run->options.shallow_count = 1;
    }
    arrivals_open(&run->table, OID_SHA1, 10, &run->fault);
    run->namer = namer_open(&run->options, &run->table, &run->fault);
    CHECK(run->namer != NULL, "%s", run->fault.text);
}

static void run_close(struct run *run)
{
    namer_close(run->namer);
    arrivals_close(&run->table);
}

static int give(struct run *run, char letter, uint64_t offset)
{
    static unsigned char piece[BODY_PIECE];
    const struct sample *s = &samples[(int)letter];
    struct body body = {.size = s->size, .scratch = -1};
    uint32_t number;
    arrivals_add(&run->table, offset, &number);
    body.whole = buffer_make(NULL, s->size, 0, &run->fault);
    memcpy(body.whole->bytes, s->bytes, s->size);
    int rc = namer_body(run->namer, number, offset, s->type, &body, piece);
    body_drop(&body);
    return rc;
}

/* What came, and how many of the things that it links to are missing in the end. */
static const struct {
    const char *why, *given, *shallow;
    uint32_t open;
    size_t twins;
} rows[] = {
    {"nothing", "", NULL, 0, 0},
    {"a blob", "b", NULL, 0, 0},
    {"R11: a tree without its blob", "t", NULL, 1, 0},
    {"a tree and its blob", "tb", NULL, 0, 0},
    {"the other way round", "bt", NULL, 0, 0},
    {"R11: a commit without its tree", "cb", NULL, 1, 0},
    {"a commit and all that it has", "ctb", NULL, 0, 0},
    {"R11: a commit without parent and tree", "d", NULL, 2, 0},
    {"R11: without its parent", "dtb", NULL, 1, 0},
    {"a shallow one", "dtb", "d", 0, 0},
    {"R11: a shallow one without its tree", "d", "d", 1, 0},
    {"R11: another is shallow", "dtb", "c", 1, 0},
    {"a commit and its parent", "dctb", NULL, 0, 0},
    {"the empty tree need not come", "e", NULL, 0, 0},
    {"R11: a tag without its commit", "g", NULL, 1, 0},
    {"a tag and its commit", "gctb", NULL, 0, 0},
    {"what a submodule is at need not come", "m", NULL, 0, 0},
    {"R12: twins", "bb", NULL, 0, 1},
    {"R12: three of one name", "tbtbb", NULL, 0, 3},
};

static void closure(unsigned threads)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct run run;
        size_t twins;
        run_open(&run, threads, rows[i].shallow, NULL);
        for (uint32_t n = 0; rows[i].given[n]; n++)
            CHECK(give(&run, rows[i].given[n], 12 + 100 * n) == 0, "%s", rows[i].why);
        for (const char *at = rows[i].given; *at; at++)
            CHECK(namer_find(run.namer, samples[(int)*at].name.id) != ARRIVALS_NONE,
                  "%s: %c has no name", rows[i].why, *at);
        CHECK(namer_join(run.namer, &run.fault) == 0, "%s: %s", rows[i].why, run.fault.text);
        CHECK(run.table.open == rows[i].open, "%s: %" PRIu32 " open", rows[i].why, run.table.open);
        const uint32_t *pairs = namer_twins(run.namer, &twins);
        CHECK(twins == rows[i].twins, "%s: %zu twins", rows[i].why, twins);
        for (size_t k = 0; k < twins; k++)
            CHECK(rows[i].given[pairs[2 * k]] == rows[i].given[pairs[2 * k + 1]],
                  "%s: twins %" PRIu32 ", %" PRIu32, rows[i].why, pairs[2 * k], pairs[2 * k + 1]);
        run_close(&run);
    }
}

/* The sentence is the same on every run: the fault of the lowest offset. */
static void lowest(unsigned threads)
{
    for (int again = 0; again < 20; again++) {
        struct run run;
        run_open(&run, threads, NULL, NULL);
        give(&run, 'b', 12);
        for (uint64_t offset = 200; offset < 900; offset += 100)
            if (give(&run, 'x', offset) < 0)
                break;
        fault_set(&run.fault, FAULT_NETWORK, "what the receive itself says comes later");
        CHECK(namer_join(run.namer, &run.fault) < 0 && run.fault.class == FAULT_PROTOCOL &&
                  strstr(run.fault.text, "pack entry 1 at byte 200: commit "),
              "%u threads: %s", threads, run.fault.text);
        run_close(&run);
    }
}

/* A worker has a fault, later than the caller's thread: a large blob keeps it busy. */
static void lowest_of_two(uint64_t worker, uint64_t caller)
{
    queue = 1 << 22;
    static unsigned char piece[BODY_PIECE];
    struct run run;
    uint32_t number, name;
    char expected[32];
    run_open(&run, 1, NULL, NULL);
    struct body body = {.size = 1 << 20, .scratch = -1};
    arrivals_add(&run.table, 12, &number);
    body.whole = buffer_make(NULL, 1 << 20, 0, &run.fault);
    memset(body.whole->bytes, 0, 1 << 20);
    namer_body(run.namer, number, 12, OBJECT_BLOB, &body, piece);
    body_drop(&body);
    give(&run, 'x', worker);
    body.size = samples['x'].size;
    body.whole = buffer_make(NULL, body.size, 0, &run.fault);
    memcpy(body.whole->bytes, samples['x'].bytes, body.size);
    CHECK(namer_now(run.namer, number, caller, OBJECT_COMMIT, &body, piece, &name) < 0, "taken");
    body_drop(&body);
    snprintf(expected, sizeof expected, "at byte %" PRIu64, worker < caller ? worker : caller);
    CHECK(namer_join(run.namer, &run.fault) < 0 && strstr(run.fault.text, expected), "%s: %s",
          expected, run.fault.text);
    run_close(&run);
    queue = QUEUE;
}

/* Named on the spot: out of memory, out of a scratch file, in pieces, without its links. */
static void other_ways(unsigned threads)
{
    static unsigned char piece[BODY_PIECE];
    static char large[3 * BODY_PIECE / 2];
    struct run run;
    uint32_t number, name;
    struct oid got, expected = packmake_name(OBJECT_BLOB, large, sizeof large);
    run_open(&run, threads, NULL, NULL);
    struct body body = {.size = sizeof large,
                        .scratch = open("scratch", O_RDWR | O_CREAT | O_TRUNC, 0600)};
    CHECK(write(body.scratch, large, sizeof large) == (ssize_t)sizeof large, "write");
    arrivals_add(&run.table, 12, &number);
    CHECK(namer_now(run.namer, number, 12, OBJECT_BLOB, &body, piece, &name) == 0, "scratch");
    got = arrivals_oid(&run.table, name);
    CHECK(oid_equal(&got, &expected), "out of a scratch file");
    arrivals_add(&run.table, 100, &number);
    namer_begin(run.namer, OBJECT_BLOB, sizeof large);
    for (size_t at = 0; at < sizeof large; at += sizeof large / 4)
        namer_add(run.namer, (const unsigned char *)large + at, sizeof large / 4);
    CHECK(namer_end(run.namer, number, 100) == 0, "pieces");
    size_t twins;
    const uint32_t *pairs = namer_twins(run.namer, &twins);
    CHECK(twins == 1 && pairs[0] == 0 && pairs[1] == 1, "in pieces: %zu twins", twins);
    arrivals_add(&run.table, 200, &number);
    CHECK(namer_known(run.namer, number, OBJECT_TREE, samples['t'].bytes, samples['t'].size) == 0 &&
              run.table.open == 0 && namer_find(run.namer, samples['t'].name.id) == number,
          "without its links");
    CHECK(namer_find(run.namer, samples['b'].name.id) == ARRIVALS_NONE, "found");
    CHECK(namer_await(run.namer, samples['b'].name.id, &name) == 0 && run.table.open == 1 &&
              arrivals_named(&run.table, name) == ARRIVALS_NONE,
          "waited for");
    CHECK(give(&run, 'b', 300) == 0 && namer_find(run.namer, samples['b'].name.id) == 3 &&
              arrivals_named(&run.table, name) == 3,
          "come");
    CHECK(namer_join(run.namer, &run.fault) == 0, "%s", run.fault.text);
    body_drop(&body);
    run_close(&run);
}

/* A thin pack: what the repository has need not come; what a delta waits for will be appended. */
static void with_base(unsigned threads)
{
    struct packmake pack;
    struct receive_result result;
    struct run run;
    uint32_t name;
    new_repo();
    packmake_begin(&pack);
    packmake_whole(&pack, OBJECT_BLOB, samples['b'].bytes, samples['b'].size);
    packmake_end(&pack);
    CHECK(run_with(&pack, 1000, NULL, 0, NULL, &result, &run.fault) == 0, "%s", run.fault.text);
    struct odb *base = odb_open(git_dir, &hash_sha1, 0, &run.fault);
    run_open(&run, threads, NULL, base);
    CHECK(give(&run, 'c', 12) == 0 && give(&run, 't', 100) == 0, "%s", run.fault.text);
    CHECK(namer_join(run.namer, &run.fault) == 0 && run.table.open == 0, "%" PRIu32 " open",
          run.table.open);
    CHECK(namer_await(run.namer, samples['b'].name.id, &name) == 0 && run.table.announced == 11,
          "one more will come");
    CHECK(namer_await(run.namer, samples['d'].name.id, &name) == 0 && run.table.announced == 11,
          "this one will not");
    run_close(&run);
    odb_close(base);
    free(pack.bytes);
}

int main(void)
{
    scratch_open();
    new_repo();
    make_samples();
    hostile(hostile_rows, sizeof hostile_rows / sizeof *hostile_rows);
    for (unsigned threads = 0; threads < 4; threads += 3) {
        closure(threads);
        lowest(threads);
        other_ways(threads);
        with_base(threads);
    }
    lowest_of_two(200, 900);
    lowest_of_two(900, 200);
    close(git_dir);
    scratch_close();
    return T_DONE();
}
