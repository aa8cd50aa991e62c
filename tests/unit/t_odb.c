/* SPDX-License-Identifier: MIT */
/* Objects out of packs: stock git's packs against stock git's answers, and packs that are damaged
 * or hostile. */
#include "objects/odb.h"

#include "objects/packidx.h"
#include "packmake.h"
#include "t.h"

#include <fcntl.h>
#include <inttypes.h>
#include <sys/stat.h>
#include <unistd.h>

static char repo[64];
static struct fault fault;

static bool shell(const char *format, const char *argument)
{
    char command[1024];
    int used = snprintf(command, sizeof command, "cd %s && { ", repo);
    used += snprintf(command + used, sizeof command - (size_t)used, format, argument);
    snprintf(command + used, sizeof command - (size_t)used, "; } >/dev/null 2>&1");
    return system(command) == 0;
}

/* An empty bare repository. */
static void new_repo(void)
{
    char command[200];
    snprintf(command, sizeof command, "rm -rf %s && git init -q --bare %s", repo, repo);
    CHECK(system(command) == 0, "git init");
}

static struct odb *open_odb(size_t cache)
{
    int git_dir = open(repo, O_RDONLY | O_DIRECTORY);
    fault_clear(&fault);
    struct odb *odb = odb_open(git_dir, &hash_sha1, cache, &fault);
    close(git_dir);
    return odb;
}

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
    struct odb *odb = open_odb(cache);
    char command[200], hex[OID_HEX], type[16];
    uint64_t size;
    int count = 0;
    CHECK(odb != NULL, "%s", fault.text);
    snprintf(command, sizeof command, "cd %s && git cat-file --batch-all-objects --batch-check",
             repo);
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
    CHECK(shell(script, ""), "making a history");
}

static void stock_packs(void)
{
    new_repo();
    make_history();
    int objects = check_all(1 << 20);
    CHECK(objects > 60, "%d objects", objects);
    CHECK(shell("git repack -qadf --depth=50 --window=50%s", ""), "repack");
    CHECK(check_all(0) == objects, "without a cache");
    CHECK(check_all(1 << 25) == objects, "with a large cache");
    /* REF_DELTAs: the pack that a client without ofs-delta gets. */
    CHECK(shell("git -c repack.usedeltabaseoffset=false repack -qadf%s", ""), "repack");
    CHECK(check_all(1 << 20) == objects, "REF_DELTA");
    /* Two packs. */
    CHECK(shell("echo new | git hash-object -w --stdin | git pack-objects -q objects/pack/pack%s",
                "") &&
              shell("git prune-packed%s", ""),
          "second pack");
    CHECK(check_all(1 << 20) == objects + 1, "two packs");
    /* K11: the last offsets are made 64-bit ones. */
    CHECK(shell("for p in objects/pack/*.pack; do rm -f ${p%%pack}idx ${p%%pack}rev && "
                "git index-pack --index-version=2,100 $p%s; done",
                ""),
          "index-pack");
    CHECK(check_all(1 << 20) == objects + 1, "large offsets");
}

/* What is asked wrongly. */
static void refusals(void)
{
    struct odb *odb = open_odb(1 << 20);
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
        snprintf(command, sizeof command, "cd %s/w && git rev-parse HEAD%s:big", repo,
                 n ? "~1" : "");
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

enum { DEPTH = 20000 };
static struct packidx_item items[DEPTH + 1];

static struct packidx_item item(void *context, uint32_t number)
{
    (void)context;
    return items[number];
}

static int by_name(const void *a, const void *b)
{
    return memcmp(((const struct packidx_item *)a)->id, ((const struct packidx_item *)b)->id, 20);
}

static void put_file(const char *name, const void *bytes, size_t size)
{
    char path[128];
    snprintf(path, sizeof path, "%s/objects/pack/%s", repo, name);
    FILE *out = fopen(path, "wb");
    CHECK(out && fwrite(bytes, 1, size, out) == size && fclose(out) == 0, "%s", path);
}

/* The pack and an index that says COUNT of `items` are in it. */
static void put_pack(struct packmake *pack, uint32_t count)
{
    size_t room = 2000 + (size_t)count * 32;
    unsigned char *bytes = malloc(room);
    struct memory_writer out;
    struct oid pack_hash;
    packmake_end(pack);
    pack_hash = oid_from(pack->bytes + pack->used - 20, 20);
    qsort(items, count, sizeof *items, by_name);
    writer_memory(&out, bytes, room, "memory", &fault);
    CHECK(packidx_write(&out.writer, &hash_sha1, count, item, NULL, &pack_hash) == 0, "idx");
    new_repo();
    put_file("pack-made.pack", pack->bytes, pack->used);
    put_file("pack-made.idx", bytes, out.used);
    free(bytes);
}

static const unsigned char one[] = "one.................", two[] = "two.................";
static const char text[] = "a line of text that is the base of what follows\n";

/* What all three ways to ask answer to `one`. */
static void refused(const char *why, const char *words)
{
    struct odb *odb = open_odb(1 << 20);
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
    put_pack(&pack, 1);
    refused("K4: a base that is itself", "go in circles");
    free(pack.bytes);

    packmake_begin(&pack);
    items[0] = (struct packidx_item){one, 0, packmake_ref(&pack, &two_oid, delta, size)};
    items[1] = (struct packidx_item){two, 0, packmake_ref(&pack, &one_oid, delta, size)};
    put_pack(&pack, 2);
    refused("K4: a circle", "go in circles");
    free(pack.bytes);

    packmake_begin(&pack);
    items[0] = (struct packidx_item){one, 0, packmake_ref(&pack, &two_oid, delta, size)};
    put_pack(&pack, 1);
    refused("K4: no base", "pack entry at byte 12: its base 74776f2e");
    free(pack.bytes);

    packmake_begin(&pack);
    uint64_t base = packmake_whole(&pack, OBJECT_BLOB, text, sizeof text - 1);
    items[0] = (struct packidx_item){one, 0, packmake_ofs(&pack, base + 1, delta, size)};
    items[1] = (struct packidx_item){two, 0, base};
    put_pack(&pack, 2);
    refused("K4: a base in the middle of an entry", "pack entry at byte 13");
    free(pack.bytes);

    packmake_begin(&pack);
    base = packmake_whole(&pack, OBJECT_BLOB, text, 10);
    items[0] = (struct packidx_item){one, 0, packmake_ofs(&pack, base, delta, size)};
    items[1] = (struct packidx_item){two, 0, base};
    put_pack(&pack, 2);
    refused("K5: a base of another size", "delta: made for a base of 48 bytes, the base has 10");
    free(pack.bytes);

    packmake_begin(&pack);
    items[0] = (struct packidx_item){
        one, 0, packmake_entry(&pack, OBJECT_BLOB, 9, NULL, 0, text, sizeof text - 1)};
    put_pack(&pack, 1);
    refused("K3: a size that lies", "pack entry at byte 12: inflate: more than the 9 bytes");
    free(pack.bytes);

    packmake_begin(&pack);
    packmake_whole(&pack, (enum object_type)5, text, 10);
    items[0] = (struct packidx_item){one, 0, 12};
    put_pack(&pack, 1);
    refused("K2: type 5", "pack entry at byte 12: pack: the entry at byte 12 has type 5");
    free(pack.bytes);
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
    put_pack(&pack, 2);
    free(pack.bytes);
    struct odb *odb = open_odb(1 << 20);
    struct oid oid = oid_from(one, 20);
    enum object_type type;
    uint64_t size = 0;
    struct collected to = {0};
    CHECK(odb_size(odb, &oid, &type, &size) == 0 && size == UINT64_C(1) << 40, "%" PRIu64, size);
    CHECK(odb_stream(odb, &oid, &type, collect, &to) < 0 && fault.class == FAULT_LIMIT, "taken");
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
    put_pack(&pack, DEPTH + 1);
    for (size_t cache = 0; cache <= 1 << 20; cache += 1 << 20) {
        struct odb *odb = open_odb(cache);
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

/* K9: packs and indexes that do not belong together, or were damaged. */
static void broken_pairs(void)
{
    static const struct {
        const char *why, *how, *words;
        enum fault_class class;
    } rows[] = {
        {"no pack", "rm -f *.pack", "cannot read objects/pack/pack-x.pack: No such file",
         FAULT_LOCAL},
        {"an empty pack", ": >pack-x.pack", "outside of the pack", FAULT_PROTOCOL},
        {"an empty index", ": >pack-x.idx", "objects/pack/pack-x.idx: idx: is empty",
         FAULT_PROTOCOL},
        {"another index", "cp ../other.idx pack-x.idx",
         "objects/pack/pack-x.pack: pack: its index was made for another pack", FAULT_PROTOCOL},
        {"another count", "printf '\\0\\0\\0\\7' | dd conv=notrunc of=pack-x.pack bs=1 seek=8",
         "pack: has 7 objects, its index 1", FAULT_PROTOCOL},
        {"another version", "printf '\\3' | dd conv=notrunc of=pack-x.pack bs=1 seek=7",
         "objects/pack/pack-x.pack: pack: version 3, expected 2", FAULT_PROTOCOL},
        {"a directory", "rm -f *.idx; mkdir pack-x.idx", "objects/pack/pack-x.idx: idx: is empty",
         FAULT_PROTOCOL},
        {"no directory", "cd ..; rm -rf pack", "pack", FAULT_LOCAL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        new_repo();
        CHECK(shell("cd objects/pack && echo other | git hash-object -w --stdin | "
                    "git pack-objects -q pack && mv *.idx ../other.idx && rm -f * && "
                    "echo this | git hash-object -w --stdin | git pack-objects -q pack && "
                    "for f in pack-*; do mv $f pack-x.${f##*.}; done && chmod u+w *; %s",
                    rows[i].how),
              "%s", rows[i].why);
        struct odb *odb = open_odb(0);
        CHECK(odb == NULL && fault.class == rows[i].class && strstr(fault.text, rows[i].words),
              "K9: %s: class %d: %s", rows[i].why, (int)fault.class, fault.text);
        odb_close(odb);
    }
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
    put_pack(&pack, 2);
    struct odb *odb = open_odb(0);
    char path[128];
    snprintf(path, sizeof path, "%s/objects/pack/pack-made.pack", repo);
    int fd = open(path, O_WRONLY);
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

int main(void)
{
    snprintf(repo, sizeof repo, "/tmp/smidgit-odb-%ld", (long)getpid());
    setenv("GIT_CONFIG_NOSYSTEM", "1", 1);
    setenv("GIT_CONFIG_GLOBAL", "/dev/null", 1);
    stock_packs();
    refusals();
    hostile_packs();
    bomb();
    deep_chain();
    broken_pairs();
    any_byte();
    CHECK(chdir("/") == 0, "chdir");
    char command[100];
    snprintf(command, sizeof command, "rm -rf %s", repo);
    CHECK(system(command) == 0, "rm");
    return T_DONE();
}
