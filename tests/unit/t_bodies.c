/* SPDX-License-Identifier: MIT */
/* Objects made of their deltas, in memory and in scratch files: what comes out, what is refused
 * before memory or disk is taken for it. The oracle are the bytes that the pack was made of. */
#include "objects/bodies.h"

#include "packdir.h"

#include <inttypes.h>

enum { DEPTH = 20000, CHAIN = 20 };

static struct fault fault;
static struct packidx_item items[DEPTH + 1];
static const unsigned char one[] = "one.................", two[] = "two.................";
static const char text[] = "a line of text that is the base of what follows\n";

/* A pack in a file, and who says where its entries and their bases are. */
struct pack {
    struct entries entries;
    struct packmake made;
    int fd;
    uint64_t offsets[CHAIN + 1];
    int bases[CHAIN + 1]; /* -1: none */
    int opened;           /* times */
};

static int pack_open(struct entries *entries, uint64_t number, struct file_reader *in,
                     struct pack_entry *entry)
{
    struct pack *pack = (struct pack *)entries;
    pack->opened++;
    file_read_open(in, pack->fd, pack->offsets[number], pack->made.used, "pack", &fault);
    return pack_read_entry(&in->reader, pack->offsets[number], OID_SHA1, entry);
}

static int pack_base(struct entries *entries, uint64_t number, uint64_t *base,
                     struct file_reader *in, struct pack_entry *entry)
{
    struct pack *pack = (struct pack *)entries;
    if (pack->bases[number] < 0)
        return pack_open(entries, number, in, entry);
    *base = (uint64_t)pack->bases[number];
    return 1;
}

static void pack_begin(struct pack *pack)
{
    *pack = (struct pack){.entries = {CHAIN + 1, pack_open, pack_base}};
    packmake_begin(&pack->made);
}

/* Writes it, and opens BODIES for it. */
static void pack_end(struct pack *pack, struct bodies *bodies, size_t cache, size_t whole_max)
{
    packmake_end(&pack->made);
    pack->fd = open("pack", O_RDWR | O_CREAT | O_TRUNC, 0600);
    CHECK(write(pack->fd, pack->made.bytes, pack->made.used) == (ssize_t)pack->made.used, "write");
    fault_clear(&fault);
    CHECK(bodies_open(bodies, AT_FDCWD, cache, 16, &fault) == 0, "%s", fault.text);
    bodies->whole_max = bodies->linked_max = whole_max;
}

static void pack_close(struct pack *pack, struct bodies *bodies)
{
    bodies_close(bodies);
    close(pack->fd);
    free(pack->made.bytes);
}

/* The text, and versions of it of which each has a letter more. */
static void make_versions(struct pack *pack, enum object_type type)
{
    unsigned char delta[64];
    pack_begin(pack);
    pack->offsets[0] = packmake_whole(&pack->made, type, text, sizeof text - 1);
    pack->bases[0] = -1;
    for (int n = 1; n <= CHAIN; n++) {
        size_t size = packmake_delta(delta, sizeof text - 2 + (size_t)n, "x");
        pack->offsets[n] = packmake_ofs(&pack->made, pack->offsets[n - 1], delta, size);
        pack->bases[n] = n - 1;
    }
}

static void versions(size_t cache, size_t whole_max, enum object_type is)
{
    struct pack pack;
    struct bodies bodies;
    make_versions(&pack, is);
    pack_end(&pack, &bodies, cache, whole_max);
    for (int again = 0; again < 2; again++)
        for (int n = CHAIN; n >= 0; n--) {
            unsigned char got[128], expected[128];
            struct body body;
            enum object_type type = OBJECT_NONE;
            size_t size = sizeof text - 1 + (size_t)n;
            memcpy(expected, text, sizeof text - 1);
            memset(expected + sizeof text - 1, 'x', (size_t)n);
            CHECK(bodies_build(&bodies, &pack.entries, (uint64_t)n, &type, &body) == 0, "%d: %s", n,
                  fault.text);
            CHECK(type == is && body.size == size && (body.whole != NULL) == (whole_max > 0),
                  "%d: type %d, %" PRIu64 " bytes", n, (int)type, body.size);
            CHECK(body_read(&body, 0, got, size, &fault) == 0 && memcmp(got, expected, size) == 0,
                  "version %d", n);
            CHECK(body_read(&body, 3, got, size - 3, &fault) == 0 &&
                      memcmp(got, expected + 3, size - 3) == 0,
                  "version %d, from byte 3", n);
            body_drop(&body);
        }
    CHECK(cache == 0 || whole_max == 0 || pack.opened < 4 * CHAIN,
          "a cache, and %d entries were opened", pack.opened);
    pack_close(&pack, &bodies);
}

/* What an entry's owner can say that is wrong, and sizes that lie (K3, K4, K5). */
static void refused(size_t whole_max)
{
    static const struct {
        const char *why;
        int base; /* of entry 1, as its owner says */
        size_t made_for, announced;
        const char *words;
    } rows[] = {
        {"nothing", 0, sizeof text - 1, sizeof text - 1, NULL},
        {"K4: its own base", 1, sizeof text - 1, sizeof text - 1, "its deltas go in circles"},
        {"K4: a circle of two", 2, sizeof text - 1, sizeof text - 1, "its deltas go in circles"},
        {"K5: made for another base", 0, sizeof text, sizeof text - 1,
         ": delta: made for a base of 49 bytes, the base has 48"},
        {"K3: a base that is longer than it says", 0, sizeof text - 2, sizeof text - 2,
         "pack entry at byte 12: inflate: more than the 47 bytes"},
        {"K3: a base that is shorter", 0, sizeof text, sizeof text,
         "pack entry at byte 12: inflate: "},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct pack pack;
        struct bodies bodies;
        struct body body;
        enum object_type type;
        unsigned char delta[64];
        size_t size = packmake_delta(delta, rows[i].made_for, "x");
        pack_begin(&pack);
        pack.offsets[0] = packmake_entry(&pack.made, OBJECT_BLOB, rows[i].announced, NULL, 0, text,
                                         sizeof text - 1);
        pack.offsets[1] = packmake_ofs(&pack.made, pack.offsets[0], delta, size);
        pack.offsets[2] = packmake_ofs(&pack.made, pack.offsets[1], delta, size);
        pack.bases[0] = -1;
        pack.bases[1] = rows[i].base;
        pack.bases[2] = 1;
        pack_end(&pack, &bodies, 0, whole_max);
        int rc = bodies_build(&bodies, &pack.entries, 1, &type, &body);
        CHECK((rc < 0) == (rows[i].words != NULL), "%s: %s", rows[i].why, fault.text);
        if (rc == 0)
            body_drop(&body);
        else
            CHECK(fault.class == FAULT_PROTOCOL && strstr(fault.text, rows[i].words), "%s: %s",
                  rows[i].why, fault.text);
        pack_close(&pack, &bodies);
    }
}

static size_t put_size(unsigned char *out, uint64_t size)
{
    size_t used = 0;
    for (; size > 127; size >>= 7)
        out[used++] = 128 | (size & 127);
    out[used++] = (unsigned char)size;
    return used;
}

/* K7, K10: what a delta of DELTA bytes, whose head says MAKES, would make out of a base of BASE. */
static void budgets(void)
{
    static const uint64_t most = (uint64_t)BODY_BOMB_FLOOR;
    static const struct {
        const char *why;
        enum object_type type;
        uint64_t base, makes;
        const char *words; /* NULL: it is gone on with, and the delta ends too early */
    } rows[] = {
        {"a blob up to the floor, whatever it is made of", OBJECT_BLOB, 1, most, NULL},
        {"K7: a byte over it", OBJECT_BLOB, 1, most + 256,
         "a delta of 40 bytes that makes 16777472"},
        {"over it, of much", OBJECT_BLOB, most / 256, most + 256, NULL},
        {"K7: 256 bytes for each, and no more", OBJECT_BLOB, most / 256, most + 256 * 41,
         "out of a base of 65536"},
        {"K7: 2^60", OBJECT_BLOB, 100, (uint64_t)1 << 60, "that makes 1152921504606846976"},
        {"K10: a commit as large as may be", OBJECT_COMMIT, 100, 1 << 20, NULL},
        {"K10: a larger one", OBJECT_COMMIT, 100, (1 << 20) + 1,
         "a commit of 1048577 bytes; at most 1048576 are taken"},
        {"K10: a larger tree", OBJECT_TREE, 100, (1 << 20) + 1, "a tree of 1048577 bytes"},
        {"a larger blob", OBJECT_BLOB, 100, (1 << 20) + 1, NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct bodies bodies;
        unsigned char delta[40] = "";
        fault_clear(&fault);
        CHECK(bodies_open(&bodies, AT_FDCWD, 0, 1, &fault) == 0, "%s", fault.text);
        bodies.whole_max = bodies.linked_max = 1 << 20;
        CHECK(bodies_max(&bodies, OBJECT_TREE) == 1 << 20, "%zu", bodies_max(&bodies, OBJECT_TREE));
        struct body base = {.size = rows[i].base, .scratch = -1}, made, out;
        base.whole = buffer_make(NULL, (size_t)rows[i].base, 0, &fault);
        memset(base.whole->bytes, 'b', base.whole->size);
        size_t used = put_size(delta, rows[i].base);
        put_size(delta + used, rows[i].makes);
        made = (struct body){.size = sizeof delta, .scratch = -1};
        made.whole = buffer_make(NULL, sizeof delta, 0, &fault);
        memcpy(made.whole->bytes, delta, sizeof delta);
        int rc = bodies_apply(&bodies, &base, &made, rows[i].type, &out);
        CHECK(rc < 0 && fault.class == (rows[i].words ? FAULT_LIMIT : FAULT_PROTOCOL), "%s: %d, %s",
              rows[i].why, (int)fault.class, fault.text);
        CHECK(!rows[i].words || strstr(fault.text, rows[i].words), "%s: %s", rows[i].why,
              fault.text);
        body_drop(&base);
        body_drop(&made);
        bodies_close(&bodies);
    }
}

static int nothing(void *context, const unsigned char *bytes, size_t size)
{
    (void)context;
    (void)bytes;
    (void)size;
    return 0;
}

/* K7: a small delta that announces 2^40 bytes is refused before memory or disk is taken for it. */
static void bomb(void)
{
    struct packmake pack;
    static const unsigned char delta[] = "\x30\x80\x80\x80\x80\x80\x20\x90\x30";
    packmake_begin(&pack);
    uint64_t base = packmake_whole(&pack, OBJECT_BLOB, text, sizeof text - 1);
    items[0] = (struct packidx_item){one, 0, packmake_ofs(&pack, base, delta, 9)};
    items[1] = (struct packidx_item){two, 0, base};
    put_pack(&pack, items, 2);
    free(pack.bytes);
    struct odb *odb = open_odb(1 << 20, &fault);
    struct oid oid = oid_from(one, 20);
    enum object_type type;
    uint64_t size = 0;
    CHECK(odb_size(odb, &oid, &type, &size) == 0 && size == UINT64_C(1) << 40, "%" PRIu64, size);
    CHECK(odb_stream(odb, &oid, &type, nothing, NULL) < 0 && fault.class == FAULT_LIMIT, "taken");
    CHECK(strstr(fault.text, "a delta of 9 bytes that makes 1099511627776"), "%s", fault.text);
    odb_close(odb);
}

/* K6: a chain of 20,000 takes no stack, with a cache and without. */
static void deep_chain(void)
{
    struct packmake pack;
    unsigned char delta[6], (*names)[20] = calloc(DEPTH + 1, sizeof *names);
    char expected[sizeof text] = "";
    packmake_begin(&pack);
    memcpy(expected, text, sizeof text - 1);
    for (uint32_t n = 0; n <= DEPTH; n++) {
        uint64_t before = n ? items[n - 1].offset : 0;
        bytes_put32(names[n], n);
        items[n].id = names[n];
        memcpy(delta, "\x30\x30\x90\x2f\x01", 5); /* copies 47 bytes, inserts one */
        delta[5] = (unsigned char)('a' + n % 26);
        items[n].offset = n ? packmake_ofs(&pack, before, delta, sizeof delta)
                            : packmake_whole(&pack, OBJECT_BLOB, text, sizeof text - 1);
    }
    expected[47] = 'a' + DEPTH % 26;
    put_pack(&pack, items, DEPTH + 1);
    for (size_t cache = 0; cache <= 1 << 20; cache += 1 << 20) {
        struct odb *odb = open_odb(cache, &fault);
        struct oid oid = oid_from(names[DEPTH], 20);
        enum object_type type;
        const unsigned char *bytes;
        size_t size;
        CHECK(odb_read(odb, &oid, 100, &type, &bytes, &size) == 0 && type == OBJECT_BLOB &&
                  size == 48 && memcmp(bytes, expected, 48) == 0,
              "%s", fault.text);
        odb_close(odb);
    }
    free(names);
    free(pack.bytes);
}

int main(void)
{
    scratch_open();
    for (size_t cache = 0; cache <= 1 << 20; cache += 1 << 20) {
        versions(cache, 1 << 20, OBJECT_BLOB);
        versions(cache, 1 << 20, OBJECT_COMMIT);
        versions(cache, 0, OBJECT_BLOB);
    }
    refused(1 << 20);
    refused(0);
    budgets();
    bomb();
    deep_chain();
    close(git_dir);
    scratch_close();
    return T_DONE();
}
