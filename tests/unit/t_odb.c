/* SPDX-License-Identifier: MIT */
/* Objects out of packs: stock git's packs against stock git's answers, and packs that are damaged
 * or hostile. */
#include "objects/odb.h"

#include "packdir.h"

#include <inttypes.h>

static struct fault fault;

struct collected {
    unsigned char *bytes;
    size_t size, stop_at; /* stop_at: fails at this piece, counted down */
};

static int collect(void *context, const unsigned char *bytes, size_t size)
{
    struct collected *to = context;
    if (to->stop_at > 0 && --to->stop_at == 0)
        return fault_set(&fault, FAULT_LOCAL, "the disk is full");
    to->bytes = realloc(to->bytes, to->size + size + 1);
    memcpy(to->bytes + to->size, bytes, size);
    to->size += size;
    return 0;
}

static bool named_right(enum object_type type, const void *bytes, size_t size,
                        const struct oid *oid)
{
    struct oid name = packmake_name(type, bytes, size);
    return oid_equal(&name, oid);
}

/* Every way to ask for the object gives what its name promises. */
static void check_object(struct odb *odb, const struct oid *oid, const char *type_name,
                         uint64_t expected)
{
    char hex[OID_HEX];
    enum object_type type = OBJECT_NONE;
    uint64_t size = 0;
    const unsigned char *bytes;
    size_t whole;
    struct collected streamed = {0};
    fault_clear(&fault);
    oid_hex(oid, hex);
    CHECK(odb_has(odb, oid), "%s is not there", hex);
    CHECK(odb_size(odb, oid, &type, &size) == 0 && size == expected, "size %s: %" PRIu64 ": %s",
          hex, size, fault.text);
    CHECK(odb_read(odb, oid, 1 << 25, &type, &bytes, &whole) == 0 && whole == expected &&
              strcmp(pack_type_name(type), type_name) == 0 && named_right(type, bytes, whole, oid),
          "read %s: %s: %s", hex, pack_type_name(type), fault.text);
    type = OBJECT_NONE;
    CHECK(odb_stream(odb, oid, &type, collect, &streamed) == 0 && streamed.size == expected &&
              named_right(type, streamed.bytes, streamed.size, oid),
          "stream %s: %s", hex, fault.text);
    free(streamed.bytes);
}

/* The oracle: all that `git cat-file` knows of. */
static int check_all(size_t cache)
{
    struct odb *odb = open_odb(cache, &fault);
    char command[200], hex[OID_HEX], type[16];
    uint64_t size;
    int count = 0;
    CHECK(odb != NULL, "%s", fault.text);
    snprintf(command, sizeof command, "cd repo && git cat-file --batch-all-objects --batch-check");
    FILE *list = popen(command, "r");
    while (odb && fscanf(list, "%64s %15s %" SCNu64, hex, type, &size) == 3) {
        struct oid oid;
        CHECK(oid_parse(hex, 40, &oid) == 0, "%s", hex);
        check_object(odb, &oid, type, size);
        count++;
    }
    pclose(list);
    odb_close(odb);
    return count;
}

/* A history whose pack has every type and chains of deltas; a file of over 2 MB that grows. */
static void make_history(void)
{
    static const char script[] =
        "git init -q -b main w && cd w && git config user.name a && git config user.email a@b && "
        "seq 1 2000 >a && git add a && git commit -qm 0 && "
        "for n in 1 2 3 4 5 6 7 8 9; do sed -i \"${n}0s/$/ edit/\" a && mkdir -p d$n/e && "
        "echo $n >d$n/e/f && : >d$n/empty && git add . && git commit -qm $n; done && "
        "git tag -a -m tag v1 && seq 1 400000 >big && git add big && git commit -qm big && "
        "seq 7 400003 >big && git add big && git commit -qm big2 && "
        "head -c 3000000 /dev/urandom >random && git add random && git commit -qm random && "
        "git tag -a -m 'tag of a tag' v2 v1 && cd .. && "
        "git fetch -q ./w 'refs/*:refs/*' --keep%s";
    CHECK(in_repo(script, ""), "making a history");
}

static void stock_packs(void)
{
    new_repo();
    make_history();
    int objects = check_all(1 << 20);
    CHECK(objects > 60, "%d objects", objects);
    CHECK(in_repo("git repack -qadf --depth=50 --window=50%s", ""), "repack");
    CHECK(check_all(0) == objects, "without a cache");
    CHECK(check_all(1 << 25) == objects, "with a large cache");
    /* REF_DELTAs: the pack that a client without ofs-delta gets. */
    CHECK(in_repo("git -c repack.usedeltabaseoffset=false repack -qadf%s", ""), "repack");
    CHECK(check_all(1 << 20) == objects, "REF_DELTA");
    /* Two packs. */
    CHECK(in_repo("echo new | git hash-object -w --stdin | git pack-objects -q objects/pack/pack%s",
                  "") &&
              in_repo("git prune-packed%s", ""),
          "second pack");
    CHECK(check_all(1 << 20) == objects + 1, "two packs");
    /* K11: the last offsets are made 64-bit ones. */
    CHECK(in_repo("for p in objects/pack/*.pack; do rm -f ${p%%pack}idx ${p%%pack}rev && "
                  "git index-pack --index-version=2,100 $p%s; done",
                  ""),
          "index-pack");
    CHECK(check_all(1 << 20) == objects + 1, "large offsets");
}

/* What is asked wrongly. */
static void refusals(void)
{
    struct odb *odb = open_odb(1 << 20, &fault);
    struct oid absent = {.len = OID_SHA1, .id = "nowhere"}, big;
    enum object_type type;
    const unsigned char *bytes;
    size_t size;
    uint64_t length;
    struct collected to = {.stop_at = 2};
    char command[200], hex[OID_HEX] = "";
    CHECK(!odb_has(odb, &absent), "has it");
    CHECK(odb_size(odb, &absent, &type, &length) < 0 && fault.class == FAULT_PROTOCOL, "size");
    CHECK_TEXT(fault.text, "object 6e6f776865726500000000000000000000000000 is missing");
    fault_clear(&fault);
    CHECK(odb_read(odb, &absent, 9, &type, &bytes, &size) < 0, "read");
    CHECK(odb_stream(odb, &absent, &type, collect, &to) < 0, "stream");
    for (int n = 0; n < 2; n++) { /* a blob, and a delta */
        snprintf(command, sizeof command, "cd repo/w && git rev-parse HEAD%s:big", n ? "~1" : "");
        FILE *out = popen(command, "r");
        CHECK(fscanf(out, "%64s", hex) == 1 && oid_parse(hex, 40, &big) == 0, "rev-parse");
        pclose(out);
        fault_clear(&fault);
        CHECK(odb_read(odb, &big, 4095, &type, &bytes, &size) < 0 && fault.class == FAULT_LIMIT,
              "%s", fault.text);
        CHECK(strstr(fault.text, " bytes, at most 4095 are taken here"), "%s", fault.text);
        fault_clear(&fault);
        to.stop_at = 2;
        CHECK(odb_stream(odb, &big, &type, collect, &to) < 0, "a piece that fails");
        CHECK(strstr(fault.text, "the disk is full"), "%s", fault.text);
    }
    free(to.bytes);
    odb_close(odb);
}

static struct packidx_item items[2];

static const unsigned char one[] = "one.................", two[] = "two.................";
static const char text[] = "a line of text that is the base of what follows\n";

/* What all three ways to ask answer to `one`. */
static void refused(const char *why, const char *words)
{
    struct odb *odb = open_odb(1 << 20, &fault);
    struct oid oid = oid_from(one, 20);
    enum object_type type;
    const unsigned char *bytes;
    size_t size;
    struct collected to = {0};
    CHECK(odb != NULL, "%s: %s", why, fault.text);
    if (odb == NULL)
        return;
    CHECK(odb_read(odb, &oid, 1 << 20, &type, &bytes, &size) < 0, "%s: read", why);
    CHECK(fault.class == FAULT_PROTOCOL && strstr(fault.text, words), "%s: %s", why, fault.text);
    fault_clear(&fault);
    CHECK(odb_stream(odb, &oid, &type, collect, &to) < 0, "%s: stream", why);
    CHECK(fault.class == FAULT_PROTOCOL && strstr(fault.text, words), "%s: %s", why, fault.text);
    free(to.bytes);
    odb_close(odb);
}

static void hostile_packs(void)
{
    struct packmake pack;
    unsigned char delta[128];
    size_t size = packmake_delta(delta, sizeof text - 1, "more");
    struct oid one_oid = oid_from(one, 20), two_oid = oid_from(two, 20);

    packmake_begin(&pack);
    items[0] = (struct packidx_item){one, 0, packmake_ref(&pack, &one_oid, delta, size)};
    put_pack(&pack, items, 1);
    refused("K4: a base that is itself", "go in circles");
    free(pack.bytes);

    packmake_begin(&pack);
    items[0] = (struct packidx_item){one, 0, packmake_ref(&pack, &two_oid, delta, size)};
    items[1] = (struct packidx_item){two, 0, packmake_ref(&pack, &one_oid, delta, size)};
    put_pack(&pack, items, 2);
    refused("K4: a circle", "go in circles");
    free(pack.bytes);

    packmake_begin(&pack);
    items[0] = (struct packidx_item){one, 0, packmake_ref(&pack, &two_oid, delta, size)};
    put_pack(&pack, items, 1);
    refused("K4: no base", "pack entry at byte 12: its base 74776f2e");
    free(pack.bytes);

    packmake_begin(&pack);
    uint64_t base = packmake_whole(&pack, OBJECT_BLOB, text, sizeof text - 1);
    items[0] = (struct packidx_item){one, 0, packmake_ofs(&pack, base + 1, delta, size)};
    items[1] = (struct packidx_item){two, 0, base};
    put_pack(&pack, items, 2);
    refused("K4: a base in the middle of an entry", "pack entry at byte 13");
    free(pack.bytes);

    packmake_begin(&pack);
    base = packmake_whole(&pack, OBJECT_BLOB, text, 10);
    items[0] = (struct packidx_item){one, 0, packmake_ofs(&pack, base, delta, size)};
    items[1] = (struct packidx_item){two, 0, base};
    put_pack(&pack, items, 2);
    refused("K5: a base of another size", "delta: made for a base of 48 bytes, the base has 10");
    free(pack.bytes);

    packmake_begin(&pack);
    items[0] = (struct packidx_item){
        one, 0, packmake_entry(&pack, OBJECT_BLOB, 9, NULL, 0, text, sizeof text - 1)};
    put_pack(&pack, items, 1);
    refused("K3: a size that lies", "pack entry at byte 12: inflate: more than the 9 bytes");
    free(pack.bytes);

    packmake_begin(&pack);
    packmake_whole(&pack, (enum object_type)5, text, 10);
    items[0] = (struct packidx_item){one, 0, 12};
    put_pack(&pack, items, 1);
    refused("K2: type 5", "pack entry at byte 12: pack: the entry at byte 12 has type 5");
    free(pack.bytes);
}

/* K9: one byte of a pack is another: every answer is a sentence or bytes, never worse. */
static void any_byte(void)
{
    struct packmake pack;
    unsigned char delta[128];
    size_t size = packmake_delta(delta, sizeof text - 1, "more");
    struct oid two_oid = oid_from(two, 20);
    struct collected to = {0};
    int faults = 0;
    packmake_begin(&pack);
    uint64_t base = packmake_whole(&pack, OBJECT_BLOB, text, sizeof text - 1);
    items[0] = (struct packidx_item){one, 0, packmake_ref(&pack, &two_oid, delta, size)};
    items[1] = (struct packidx_item){two, 0, base};
    put_pack(&pack, items, 2);
    struct odb *odb = open_odb(0, &fault);
    int fd = open("repo/objects/pack/pack-made.pack", O_WRONLY);
    for (size_t at = 12; at < pack.used - 20; at++)
        for (int n = 0; n < 3; n++) {
            struct oid oid = oid_from(one, 20);
            enum object_type type;
            unsigned char other = pack.bytes[at] ^ (unsigned char)"\x01\x80\xff"[n];
            CHECK(pwrite(fd, &other, 1, (off_t)at) == 1, "pwrite");
            fault_clear(&fault);
            to.size = 0;
            if (odb_stream(odb, &oid, &type, collect, &to) < 0) {
                faults++;
                CHECK(strstr(fault.text, "object 6f6e65") &&
                          strstr(fault.text, "pack entry at byte"),
                      "byte %zu: %s", at, fault.text);
            }
            CHECK(pwrite(fd, pack.bytes + at, 1, (off_t)at) == 1, "pwrite");
        }
    CHECK(faults > 100, "%d", faults);
    close(fd);
    free(to.bytes);
    free(pack.bytes);
    odb_close(odb);
}

static int ask_has(struct odb *odb, const struct oid *oid)
{
    return odb_has(odb, oid) ? 0 : -1;
}

static int ask_size(struct odb *odb, const struct oid *oid)
{
    enum object_type type;
    uint64_t size;
    return odb_size(odb, oid, &type, &size);
}

static int ask_read(struct odb *odb, const struct oid *oid)
{
    enum object_type type;
    const unsigned char *bytes;
    size_t size;
    return odb_read(odb, oid, 1 << 25, &type, &bytes, &size);
}

static int ask_stream(struct odb *odb, const struct oid *oid)
{
    struct collected to = {0};
    enum object_type type;
    int rc = odb_stream(odb, oid, &type, collect, &to);
    free(to.bytes);
    return rc;
}

static int ask_short(struct odb *odb, const struct oid *oid)
{
    char hex[OID_HEX];
    struct oid found;
    hex[0] = '\0';
    snprintf(hex, 13, "%s", oid_hex(oid, (char[OID_HEX]){0}));
    return odb_candidates(odb, hex, &found, 1) == 1 && oid_equal(&found, oid) ? 0 : -1;
}

/* gc at work between odb_open() and each way to ask: loose objects are packed and removed, packs
 * are replaced, and replaced again by one with what is new. */
static void beside_gc(void)
{
    static const struct {
        const char *name;
        int (*ask)(struct odb *odb, const struct oid *oid);
    } ways[] = {{"has", ask_has},
                {"size", ask_size},
                {"read", ask_read},
                {"stream", ask_stream},
                {"short", ask_short}};
    struct oid first, last, absent = {.len = OID_SHA1, .id = "nowhere"};
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        const char *name = ways[i].name;
        new_repo();
        CHECK(in_repo("echo first | git hash-object -w --stdin%s", ""), "%s", name);
        first = packmake_name(OBJECT_BLOB, "first\n", 6);
        last = packmake_name(OBJECT_BLOB, "last\n", 5);
        struct odb *odb = open_odb(1 << 20, &fault);
        CHECK(in_repo("echo $(echo first | git hash-object --stdin) | "
                      "git pack-objects -q objects/pack/pack%s && git prune-packed && "
                      "test ! -e objects/fe",
                      ""),
              "%s: packing", name);
        CHECK(ways[i].ask(odb, &first) == 0, "%s: packed: %s", name, fault.text);
        fault_clear(&fault);
        CHECK(ways[i].ask(odb, &last) < 0 && ways[i].ask(odb, &absent) < 0, "%s: finds", name);
        /* An index whose pack has gone, and one pack for all. */
        CHECK(in_repo("for x in objects/pack/*.idx; do mv $x pack-old.idx; done%s; "
                      "rm -f objects/pack/*; cp pack-old.idx objects/pack && { echo first | git "
                      "hash-object -w --stdin; echo last | git hash-object -w --stdin; } | "
                      "git pack-objects -q objects/pack/pack && git prune-packed",
                      ""),
              "%s: packing again", name);
        fault_clear(&fault);
        CHECK(ways[i].ask(odb, &first) == 0, "%s: replaced: %s", name, fault.text);
        CHECK(ways[i].ask(odb, &last) == 0, "%s: new: %s", name, fault.text);
        odb_close(odb);
    }
}

int main(void)
{
    scratch_open();
    setenv("GIT_CONFIG_NOSYSTEM", "1", 1);
    setenv("GIT_CONFIG_GLOBAL", "/dev/null", 1);
    stock_packs();
    refusals();
    hostile_packs();
    any_byte();
    beside_gc();
    close(git_dir);
    scratch_close();
    return T_DONE();
}
