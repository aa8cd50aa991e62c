/* SPDX-License-Identifier: MIT */
/* All packs of a repository: pairs of .pack and .idx that belong together or do not (K9), and where
 * an object and its base are. */
#include "objects/packset.h"

#include "packdir.h"

#include <inttypes.h>

static struct fault fault;

#define THIS "this................"
#define OTHER "other..............."
static const char text[] = "a line of text that is the base of what follows\n";

/* A pack-x of one blob called THIS, and the index of another pack. */
static void make_pair(void)
{
    static const char *const names[] = {OTHER, THIS};
    unsigned char idx[4096];
    size_t size = 0;
    for (int i = 0; i < 2; i++) {
        struct packmake pack;
        packmake_begin(&pack);
        struct packidx_item item = {(const unsigned char *)names[i], 0,
                                    packmake_whole(&pack, OBJECT_BLOB, names[i], 5)};
        put_pack(&pack, &item, 1);
        free(pack.bytes);
        FILE *file = i ? NULL : fopen("repo/objects/pack/pack-made.idx", "rb");
        if (file) {
            size = fread(idx, 1, sizeof idx, file);
            fclose(file);
        }
    }
    put_file("../other.idx", idx, size);
    CHECK(rename("repo/objects/pack/pack-made.pack", "repo/objects/pack/pack-x.pack") == 0 &&
              rename("repo/objects/pack/pack-made.idx", "repo/objects/pack/pack-x.idx") == 0,
          "rename");
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
        {"an empty index", ": >pack-x.idx", "objects/pack/pack-x.idx: 'pack-x.idx' is empty",
         FAULT_PROTOCOL},
        {"another index", "cp ../other.idx pack-x.idx",
         "objects/pack/pack-x.pack: pack: its index was made for another pack", FAULT_PROTOCOL},
        {"another count", "printf '\\0\\0\\0\\7' | dd conv=notrunc of=pack-x.pack bs=1 seek=8",
         "pack: has 7 objects, its index 1", FAULT_PROTOCOL},
        {"another version", "printf '\\3' | dd conv=notrunc of=pack-x.pack bs=1 seek=7",
         "objects/pack/pack-x.pack: pack: version 3, expected 2", FAULT_PROTOCOL},
        {"a directory", "rm -f *.idx; mkdir pack-x.idx",
         "objects/pack/pack-x.idx: 'pack-x.idx' is not a file", FAULT_LOCAL},
        {"a pack that is cut", "dd if=pack-x.pack of=y bs=1 count=31; mv y pack-x.pack",
         "outside of the pack", FAULT_PROTOCOL},
        {"a pack that lacks a byte", "truncate -s -1 pack-x.pack",
         "pack: its index was made for another pack", FAULT_PROTOCOL},
        {"no directory", "cd ..; rm -rf pack", "pack", FAULT_LOCAL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct packset set;
        make_pair();
        CHECK(in_repo("cd objects/pack && %s", rows[i].how), "%s", rows[i].why);
        fault_clear(&fault);
        int rc = packset_open(&set, git_dir, OID_SHA1, &fault);
        CHECK(rc < 0 && fault.class == rows[i].class && strstr(fault.text, rows[i].words),
              "K9: %s: class %d: %s", rows[i].why, (int)fault.class, fault.text);
        packset_close(&set);
    }
}

/* What is no pack is passed over. */
static void passed_over(void)
{
    struct packset set;
    struct place place;
    struct oid oid = oid_from((const unsigned char *)THIS, 20);
    make_pair();
    put_file("pack-x.keep", "", 0);
    put_file("tmp_idx_123", "nonsense", 8);
    put_file("pack-y.pack", "nonsense", 8);
    put_file("other.idx", "nonsense", 8);
    fault_clear(&fault);
    CHECK(packset_open(&set, git_dir, OID_SHA1, &fault) == 0 && set.count == 1, "%s", fault.text);
    CHECK(packset_find(&set, &oid, &place) && place.pack == 0 && place.offset == 12, "not found");
    oid.id[19]++;
    CHECK(!packset_find(&set, &oid, &place), "found");
    packset_close(&set);
    new_repo();
    CHECK(packset_open(&set, git_dir, OID_SHA1, &fault) == 0 && set.count == 0 &&
              !packset_find(&set, &oid, &place),
          "no packs: %s", fault.text);
    packset_close(&set);
}

/* What was there is known under any name; what is new and whole is added, and the old ones keep
 * their numbers when their files go. */
static void again(void)
{
    struct packset set;
    struct place place;
    struct oid oid = oid_from((const unsigned char *)THIS, 20);
    make_pair();
    fault_clear(&fault);
    CHECK(in_repo("cd objects/pack && mkdir ../kept && mv * ../kept%s", ""), "mv");
    CHECK(packset_open(&set, git_dir, OID_SHA1, &fault) == 0 && set.count == 0, "%s", fault.text);
    CHECK(in_repo("cp objects/kept/* objects/pack%s", ""), "cp");
    CHECK(packset_again(&set, false) && set.count == 1, "new: %" PRIu32, set.count);
    CHECK(packset_find(&set, &oid, &place) && place.pack == 0, "not found");
    CHECK(
        in_repo("cd objects/pack && cp pack-x.pack pack-z.pack && cp pack-x.idx pack-z.idx && "
                "cp pack-x.idx pack-gone.idx && echo no >pack-bad.pack && echo no >pack-bad.idx%s",
                ""),
        "cp");
    for (int n = 0; n < 3; n++)
        CHECK(!packset_again(&set, n > 0) && set.count == 1, "the same: %" PRIu32, set.count);
    CHECK(in_repo("rm -f objects/pack/*%s && echo new | git hash-object -w --stdin | "
                  "git pack-objects objects/pack/pack",
                  ""),
          "pack-objects");
    CHECK(packset_again(&set, false) && set.count == 2, "one more: %" PRIu32, set.count);
    CHECK(packset_find(&set, &oid, &place) && place.pack == 0, "not found");
    CHECK(fault.class == FAULT_NONE, "%s", fault.text);
    packset_close(&set);
}

/* Entries: whole, a delta by distance, one by name, one whose base is nowhere, and one whose base
 * is between entries. */
static void bases(void)
{
    enum { ENTRIES = 5 };
    static const struct {
        const char *why;
        enum object_type type;
        int base; /* -1: none is asked for; -2: refused */
        const char *words;
    } rows[ENTRIES] = {
        {"whole", OBJECT_BLOB, -1, NULL},
        {"by distance", OBJECT_OFS_DELTA, 0, NULL},
        {"by name", OBJECT_REF_DELTA, 1, NULL},
        {"K4: by a name that is not there", OBJECT_REF_DELTA, -2, "its base 6e6f"},
        {"K4: by distance, between entries", OBJECT_OFS_DELTA, 99, NULL},
    };
    static const char *const names[ENTRIES] = {"0123456789abcdefghi0", "0123456789abcdefghi1",
                                               "0123456789abcdefghi2", "0123456789abcdefghi3",
                                               "0123456789abcdefghi4"};
    struct packmake pack;
    struct packidx_item items[ENTRIES];
    struct packset set;
    struct oid nowhere = oid_from((const unsigned char *)"nowhere.............", 20);
    struct oid second = oid_from((const unsigned char *)names[1], 20);
    unsigned char delta[64];
    uint64_t offsets[ENTRIES];
    size_t size = packmake_delta(delta, sizeof text - 1, "x");
    packmake_begin(&pack);
    offsets[0] = packmake_whole(&pack, OBJECT_BLOB, text, sizeof text - 1);
    offsets[1] = packmake_ofs(&pack, offsets[0], delta, size);
    offsets[2] = packmake_ref(&pack, &second, delta, size);
    offsets[3] = packmake_ref(&pack, &nowhere, delta, size);
    offsets[4] = packmake_ofs(&pack, offsets[0] + 1, delta, size);
    for (int i = 0; i < ENTRIES; i++)
        items[i] = (struct packidx_item){(const unsigned char *)names[i], 0, offsets[i]};
    put_pack(&pack, items, ENTRIES);
    free(pack.bytes);
    fault_clear(&fault);
    CHECK(packset_open(&set, git_dir, OID_SHA1, &fault) == 0, "%s", fault.text);
    for (int i = 0; i < ENTRIES; i++) {
        struct oid oid = oid_from((const unsigned char *)names[i], 20);
        struct file_reader in;
        struct pack_entry entry;
        struct place place, base = {7, 7};
        fault_clear(&fault);
        CHECK(packset_find(&set, &oid, &place) && place.offset == offsets[i],
              "%s: found at %" PRIu64, rows[i].why, place.offset);
        CHECK(packset_entry(&set, &place, &in, &entry) == 0 && entry.type == rows[i].type &&
                  entry.offset == offsets[i],
              "%s: %s", rows[i].why, fault.text);
        CHECK((*in.reader.at & 15) == 8, "%s: a zlib stream begins with %02x", rows[i].why,
              *in.reader.at);
        if (rows[i].base == -1)
            continue;
        int rc = packset_base(&set, &place, &entry, &base);
        CHECK((rc < 0) == (rows[i].words != NULL), "%s: %s", rows[i].why, fault.text);
        if (rc < 0)
            CHECK(fault.class == FAULT_PROTOCOL && strstr(fault.text, rows[i].words), "%s: %s",
                  rows[i].why, fault.text);
        else
            CHECK(base.pack == 0 &&
                      base.offset == (rows[i].base == 99 ? offsets[0] + 1 : offsets[rows[i].base]),
                  "%s: at %" PRIu64, rows[i].why, base.offset);
    }
    packset_close(&set);
}

/* Numbers of places keep what they are made of, and leave the first bit. */
static void numbers(void)
{
    static const struct place places[] = {
        {0, 12},
        {0, ((uint64_t)1 << PLACE_OFFSET_BITS) - 1},
        {1, 0},
        {1, 12},
        {PACKSET_MAX - 1, ((uint64_t)1 << PLACE_OFFSET_BITS) - 1},
    };
    uint64_t before = 0;
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        uint64_t number = place_number(&places[i]);
        struct place back = place_numbered(number);
        CHECK(back.pack == places[i].pack && back.offset == places[i].offset, "%zu", i);
        CHECK(number > before && number >> 63 == 0, "%zu: %" PRIx64, i, number);
        before = number;
    }
}

int main(void)
{
    scratch_open();
    broken_pairs();
    passed_over();
    again();
    bases();
    close(git_dir);
    numbers();
    scratch_close();
    return T_DONE();
}
