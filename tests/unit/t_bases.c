/* SPDX-License-Identifier: MIT */
/* Bases read back out of a pack that is still arriving: their bytes, what that costs, and two
 * objects with one name. The oracle are the bytes that the pack was made of. */
#include "receive/bases.h"

#include "receiver.h"

#include <inttypes.h>
#include <sys/resource.h>

enum { CHAIN = 40 };

/* A pack as far as it has come, all of it still in the spool's window. */
struct coming {
    struct packmake pack;
    struct arrivals table;
    struct reader in;
    struct spool spool;
    struct bases bases;
    int fd;
    struct fault fault;
};

static void coming_open(struct coming *coming, size_t cache, size_t whole_max)
{
    fault_clear(&coming->fault);
    packmake_end(&coming->pack);
    unsigned char *all = malloc(coming->pack.used);
    coming->fd = open("coming", O_RDWR | O_CREAT | O_TRUNC, 0600);
    reader_memory(&coming->in, coming->pack.bytes, coming->pack.used, "memory", &coming->fault);
    spool_open(&coming->spool, &coming->in, coming->fd, &hash_sha1);
    CHECK(reader_read(&coming->spool.reader, all, coming->pack.used - 20) == 0, "%s",
          coming->fault.text);
    CHECK(bases_open(&coming->bases, &coming->table, &coming->spool, AT_FDCWD, cache, 16,
                     &coming->fault) == 0,
          "%s", coming->fault.text);
    coming->bases.bodies.whole_max = coming->bases.bodies.linked_max = whole_max;
    free(all);
}

static void coming_begin(struct coming *coming)
{
    packmake_begin(&coming->pack);
    arrivals_open(&coming->table, OID_SHA1, 2 * CHAIN, &coming->fault);
}

static void coming_close(struct coming *coming)
{
    bodies_close(&coming->bases.bodies);
    arrivals_close(&coming->table);
    close(coming->fd);
    free(coming->pack.bytes);
}

/* Notes what the pack got at OFFSET, as receive does. */
static void arrive(struct coming *coming, uint64_t offset, enum object_type type, uint32_t base)
{
    uint32_t number;
    CHECK(arrivals_add(&coming->table, offset, &number) == 0, "%s", coming->fault.text);
    arrival_set_type(&coming->table.arrivals[number], type);
    coming->table.arrivals[number].base = base;
}

/* The text, and CHAIN versions of it, each with a letter more. */
static void make_versions(struct coming *coming)
{
    unsigned char delta[64];
    coming_begin(coming);
    uint64_t last = packmake_whole(&coming->pack, OBJECT_BLOB, text, sizeof text - 1);
    arrive(coming, last, OBJECT_BLOB, ARRIVALS_NONE);
    for (uint32_t n = 1; n <= CHAIN; n++) {
        size_t size = packmake_delta(delta, sizeof text - 2 + n, "x");
        last = packmake_ofs(&coming->pack, last, delta, size);
        arrive(coming, last, OBJECT_BLOB, n - 1);
    }
}

static bool is_version(const struct body *body, uint32_t n)
{
    unsigned char bytes[sizeof text + CHAIN], expected[sizeof text + CHAIN];
    struct fault fault = {.class = FAULT_NONE};
    memcpy(expected, text, sizeof text - 1);
    memset(expected + sizeof text - 1, 'x', n);
    return body->size == sizeof text - 1 + n &&
           body_read(body, 0, bytes, (size_t)body->size, &fault) == 0 &&
           memcmp(bytes, expected, (size_t)body->size) == 0;
}

/* Without a cache every base is read back; what that costs is counted. With one, next to none. In
 * scratch files, when nothing may be in memory. */
static void read_back(size_t cache, size_t whole_max)
{
    struct coming coming;
    struct body body;
    make_versions(&coming);
    coming_open(&coming, cache, whole_max);
    CHECK(coming.spool.written == 0, "the spool has written already");
    for (uint32_t n = 0; n <= CHAIN; n++) {
        CHECK(bases_body(&coming.bases, n, &body) == 0, "%s", coming.fault.text);
        CHECK((body.whole == NULL) == (whole_max == 0), "where it is");
        CHECK(is_version(&body, n), "version %" PRIu32, n);
        body_drop(&body);
    }
    for (uint32_t n = 1; n <= CHAIN; n++) {
        unsigned char expected[64], got[64];
        size_t size = packmake_delta(expected, sizeof text - 2 + n, "x");
        CHECK(bases_delta(&coming.bases, n, &body) == 0 && body.size == size &&
                  body_read(&body, 0, got, size, &coming.fault) == 0 &&
                  memcmp(got, expected, size) == 0,
              "delta %" PRIu32 ": %s", n, coming.fault.text);
        body_drop(&body);
    }
    uint64_t most = CHAIN * CHAIN * sizeof text, least = CHAIN * sizeof text;
    CHECK(cache || whole_max == 0 || (coming.bases.again > least && coming.bases.again < most),
          "%" PRIu64 " inflated again", coming.bases.again);
    CHECK(cache == 0 || coming.bases.again < 2 * least, "%" PRIu64 " inflated again",
          coming.bases.again);
    coming_close(&coming);
}

/* A hostile order of deltas: what is inflated again has an end. */
static void charge(void)
{
    const uint64_t most = (uint64_t)BASES_AGAIN_RATIO * (BODY_BOMB_FLOOR + 1000 + 1) - 1;
    for (int over = 0; over < 2; over++) {
        struct coming coming;
        struct body body;
        make_versions(&coming);
        coming_open(&coming, 0, 1 << 20);
        coming.bases.received = 1000;
        coming.bases.again = most - (sizeof text - 1) + (uint64_t)over;
        int rc = bases_body(&coming.bases, 0, &body);
        CHECK((rc < 0) == over, "%d: %s", over, coming.fault.text);
        if (rc == 0)
            body_drop(&body);
        else
            CHECK(coming.fault.class == FAULT_LIMIT &&
                      strstr(coming.fault.text, "reading back byte 12: its deltas lie so that") &&
                      strstr(coming.fault.text, "had to be inflated again for 1000 received"),
                  "%s", coming.fault.text);
        coming_close(&coming);
    }
}

/* R12: what has one name must be the same. */
static void compare(void)
{
    enum { SIZE = 10000 };
    static const struct {
        const char *why;
        size_t size, other_size, differs; /* differs: at this byte; SIZE: nowhere */
        enum object_type other_type;
        bool same;
    } rows[] = {
        {"the same", 10, 10, SIZE, OBJECT_BLOB, true},
        {"nothing, twice", 0, 0, SIZE, OBJECT_BLOB, true},
        {"the same, in several pieces", SIZE, SIZE, SIZE, OBJECT_BLOB, true},
        {"a byte longer", 10, 11, SIZE, OBJECT_BLOB, false},
        {"longer by a piece", 4096, 8192, SIZE, OBJECT_BLOB, false},
        {"another type", 10, 10, SIZE, OBJECT_TAG, false},
        {"nothing, of another type", 0, 0, SIZE, OBJECT_TREE, false},
        {"another first byte", 10, 10, 0, OBJECT_BLOB, false},
        {"the last byte of a piece", SIZE, SIZE, 4095, OBJECT_BLOB, false},
        {"the first of the next", SIZE, SIZE, 4096, OBJECT_BLOB, false},
        {"the last byte", SIZE, SIZE, SIZE - 1, OBJECT_BLOB, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (size_t whole_max = 0; whole_max <= 1 << 20; whole_max += 1 << 20) {
            static unsigned char bytes[SIZE];
            struct coming coming;
            memset(bytes, 'b', sizeof bytes);
            coming_begin(&coming);
            arrive(&coming, packmake_whole(&coming.pack, OBJECT_BLOB, bytes, rows[i].size),
                   OBJECT_BLOB, ARRIVALS_NONE);
            if (rows[i].differs < SIZE)
                bytes[rows[i].differs] ^= 1;
            arrive(&coming,
                   packmake_whole(&coming.pack, rows[i].other_type, bytes, rows[i].other_size),
                   rows[i].other_type, ARRIVALS_NONE);
            coming_open(&coming, 0, whole_max);
            int rc = bases_compare_twins(&coming.bases, 0, 1);
            CHECK((rc == 0) == rows[i].same, "%s: %s", rows[i].why, coming.fault.text);
            if (rc < 0)
                CHECK(coming.fault.class == FAULT_PROTOCOL &&
                          strstr(coming.fault.text, "the objects at byte 12 and ") &&
                          strstr(coming.fault.text, " have one name and different bytes"),
                      "%s: %s", rows[i].why, coming.fault.text);
            coming_close(&coming);
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
    /* verify-pack refuses twins, as strict index-pack does; fsck takes them */
    CHECK(system("git -C repo cat-file --batch-check --batch-all-objects >/dev/null && "
                 "git -C repo fsck --full >/dev/null 2>&1") == 0,
          "git fsck: twins");
    free(pack.bytes);
}

/* K4: of two with one name one is a delta, to the other, or on its way to it. By the base's name a
 * reader of the pack would come back to where it was. */
static void own_base(void)
{
    static const unsigned char copies[] = {10, 10, 0x90, 10};
    for (int row = 0; row < 3; row++) {
        struct packmake pack;
        struct receive_result result;
        struct fault fault;
        unsigned char delta[64];
        struct oid name = packmake_name(OBJECT_BLOB, text, 10);
        new_repo();
        packmake_begin(&pack);
        uint64_t first = packmake_whole(&pack, OBJECT_BLOB, text, 10);
        if (row == 0)
            packmake_ref(&pack, &name, copies, sizeof copies);
        if (row == 1)
            packmake_ofs(&pack, first, copies, sizeof copies);
        if (row == 2) {
            static const unsigned char shorter[] = {11, 10, 0x90, 10};
            uint64_t longer = packmake_ref(&pack, &name, delta, packmake_delta(delta, 10, "x"));
            packmake_ofs(&pack, longer, shorter, sizeof shorter);
        }
        packmake_end(&pack);
        CHECK(run_with(&pack, 1000, NULL, 0, NULL, &result, &fault) < 0, "K4: %d taken", row);
        CHECK(
            fault.class == FAULT_PROTOCOL &&
                strstr(fault.text, "have one name, and one is a delta, which may be one to itself"),
            "K4: %d: %s", row, fault.text);
        CHECK(files_left() == 0, "K4: left files");
        free(pack.bytes);
    }
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

enum { BIG = 2000000 };

/* A delta that copies all of a base of BIG bytes but its last 8, which become CHAIN and VERSION. */
static size_t big_delta(unsigned char delta[64], unsigned chain, unsigned version)
{
    size_t used = 0;
    for (int sizes = 0; sizes < 2; sizes++) {
        uint64_t size = BIG;
        for (; size > 127; size >>= 7)
            delta[used++] = (unsigned char)(128 | (size & 127));
        delta[used++] = (unsigned char)size;
    }
    delta[used++] = 0x80 | 0x70;
    delta[used++] = (BIG - 8) & 255;
    delta[used++] = (BIG - 8) >> 8 & 255;
    delta[used++] = (BIG - 8) >> 16;
    used += (size_t)sprintf((char *)delta + used, "\010%04u%04u", chain % 10000, version % 10000);
    return used;
}

/* CHAINS histories of a large file, VERSIONS each, whose entries stand in turns (K7). */
static void make_turns(struct packmake *pack, unsigned chains, unsigned versions, struct oid *last)
{
    unsigned char delta[64], *bytes = calloc(1, BIG);
    uint64_t offsets[100];
    packmake_begin(pack);
    for (unsigned chain = 0; chain < chains; chain++) {
        bytes[0] = (unsigned char)chain;
        offsets[chain] = packmake_whole(pack, OBJECT_BLOB, bytes, BIG);
    }
    for (unsigned version = 0; version < versions; version++)
        for (unsigned chain = 0; chain < chains; chain++)
            offsets[chain] =
                packmake_ofs(pack, offsets[chain], delta, big_delta(delta, chain, version));
    packmake_end(pack);
    sprintf((char *)bytes + BIG - 8, "%04u%03u", (chains - 1) % 10000, (versions - 1) / 10 % 1000);
    bytes[BIG - 1] = (unsigned char)('0' + (versions - 1) % 10);
    *last = packmake_name(OBJECT_BLOB, bytes, BIG);
    free(bytes);
}

static void turns(void)
{
    static const struct {
        const char *why;
        unsigned chains, versions;
        rlim_t descriptors; /* below 48 one large body is kept */
        uint64_t unpacked;
        const char *words;  /* NULL: taken */
        uint64_t remade;    /* at most, as a multiple of what is made; 0: nothing is */
        unsigned long disk; /* blocks of 512 bytes that are free; 0: it does not know */
    } rows[] = {
        {"two histories", 2, 12, 1024, 0, NULL, 0, 0},
        {"eight histories", 8, 4, 1024, 0, NULL, 0, 0},
        {"two histories, of which one can be kept", 2, 24, 40, 0, NULL, 2, 0},
        {"three histories, of which one can be kept", 3, 24, 40, 0, NULL, 2, 0},
        {"two histories on a disk that has room for eight versions", 2, 24, 1024, 0, NULL, 2,
         8 * BIG / 512},
        {"two histories on a disk that has room for more", 2, 12, 1024, 0, NULL, 0, 64 * BIG / 512},
        {"K7: what deltas make has a limit", 1, 12, 1024, 12 * BIG - 1,
         "its deltas make more than 22 MiB of objects; --max-unpacked allows more", 0, 0},
        {"what deltas make is just within it", 1, 12, 1024, 12 * BIG, NULL, 0, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct packmake pack;
        struct receive_result result;
        struct fault fault;
        struct oid last;
        struct rlimit before, limit;
        uint64_t made = (uint64_t)rows[i].chains * rows[i].versions * BIG;
        make_turns(&pack, rows[i].chains, rows[i].versions, &last);
        new_repo();
        getrlimit(RLIMIT_NOFILE, &before);
        limit = before;
        limit.rlim_cur = rows[i].descriptors;
        CHECK(setrlimit(RLIMIT_NOFILE, &limit) == 0, "setrlimit");
        unpacked_max = rows[i].unpacked;
        disk_blocks = rows[i].disk;
        int rc = run_with(&pack, 4096, NULL, 0, &last, &result, &fault);
        setrlimit(RLIMIT_NOFILE, &before);
        unpacked_max = disk_blocks = 0;
        CHECK((rc < 0) == (rows[i].words != NULL), "%s: %s", rows[i].why, fault.text);
        if (rows[i].words)
            CHECK(fault.class == FAULT_LIMIT && strstr(fault.text, rows[i].words), "%s: %s",
                  rows[i].why, fault.text);
        else {
            CHECK((result.remade > 0) == (rows[i].remade > 0) &&
                      result.remade <= rows[i].remade * made,
                  "%s: %" PRIu64 " made again for %" PRIu64, rows[i].why, result.remade, made);
            verify(rows[i].why);
        }
        free(pack.bytes);
    }
}

int main(void)
{
    scratch_open();
    new_repo();
    read_back(0, 1 << 20);
    read_back(1 << 20, 1 << 20);
    read_back(0, 0);
    charge();
    compare();
    twins();
    own_base();
    large();
    turns();
    close(git_dir);
    scratch_close();
    return T_DONE();
}
