/* SPDX-License-Identifier: MIT */
/* The table of what has come and what is linked to, against what a list and qsort() say. */
#include "receive/arrivals.h"

#include "t.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct fault fault;

/* Every entry is found where it begins, and nothing a byte beside it. */
static void places(void)
{
    enum { COUNT = 1000 };
    struct arrivals table;
    uint64_t offsets[COUNT], offset = 12;
    uint32_t number;
    fault_clear(&fault);
    arrivals_open(&table, OID_SHA1, COUNT, &fault);
    CHECK(arrivals_at(&table, 12) == ARRIVALS_NONE, "found in an empty table");
    for (uint32_t i = 0; i < COUNT; i++) {
        offsets[i] = offset;
        CHECK(arrivals_add(&table, offset, &number) == 0 && number == i, "%s", fault.text);
        offset += 2 + (i * i) % 97 + (i == 500 ? (uint64_t)1 << 40 : 0);
        if (i % 100 == 0)
            CHECK(arrivals_at(&table, offsets[i / 2]) == i / 2, "%" PRIu32 " of %" PRIu32, i / 2,
                  i);
    }
    for (uint32_t i = 0; i < COUNT; i++) {
        CHECK(arrival_offset(&table.arrivals[i]) == offsets[i], "%" PRIu32, i);
        CHECK(arrivals_at(&table, offsets[i]) == i, "%" PRIu32, i);
        CHECK(arrivals_at(&table, offsets[i] + 1) == ARRIVALS_NONE, "%" PRIu32, i);
    }
    CHECK(arrivals_at(&table, 11) == ARRIVALS_NONE, "before the first");
    CHECK(arrivals_at(&table, offset) == ARRIVALS_NONE, "behind the last");
    arrivals_close(&table);
}

/* Offset, type and "waits for a name" share a word: none changes another. */
static void one_word(void)
{
    struct arrivals table;
    const uint64_t last = ((uint64_t)1 << 60) - 1;
    uint32_t number;
    arrivals_open(&table, OID_SHA1, 1, &fault);
    arrivals_add(&table, last, &number);
    struct arrival *arrival = table.arrivals;
    CHECK(arrival_type(arrival) == OBJECT_NONE && !arrival_waits_for_name(arrival) &&
              arrival->base == ARRIVALS_NONE,
          "a new one");
    for (int waits = 1; waits >= 0; waits--)
        for (int type = OBJECT_COMMIT; type <= OBJECT_REF_DELTA; type++) {
            arrival_set_waits_for_name(arrival, waits);
            arrival_set_type(arrival, (enum object_type)type);
            CHECK((int)arrival_type(arrival) == type && arrival_waits_for_name(arrival) == waits &&
                      arrival_offset(arrival) == last,
                  "type %d, waits %d", type, waits);
        }
    arrivals_close(&table);
}

/* Two letters and a type a step: n is a name that has come, l a link; then which object; then its
 * type (c t b g, * any). */
static const struct {
    const char *why, *steps;
    uint32_t announced, open;
    const char *words; /* of the last step's fault */
} rows[] = {
    {"nothing", "", 0, 0, NULL},
    {"a link is open", "lab", 2, 1, NULL},
    {"until it comes", "lab nab", 2, 0, NULL},
    {"never when it was there", "nab lab", 2, 0, NULL},
    {"linked to twice", "lab lab", 2, 1, NULL},
    {"two links", "lab lbt", 2, 2, NULL},
    {"one of two comes", "lab lbt nbt", 2, 1, NULL},
    {"another comes", "lab nbb", 2, 1, NULL},
    {"a delta waits for any type", "la* nat", 2, 0, NULL},
    {"of what is linked to as well", "lab la*", 2, 1, NULL},
    {"the first that says a type", "la* lab nab", 2, 0, NULL},
    {"P7: a tree linked to as a blob", "lab nat", 2, 1, " is a tree, but is linked to as a blob"},
    {"P7: a blob linked to as a tree", "nab lat", 2, 0, " is a blob, but is linked to as a tree"},
    {"P7: two links disagree", "lac lag", 2, 1, " is a commit, but is linked to as a tag"},
    {"P7: a link, and one of a delta", "la* lab nac", 2, 1,
     " is a commit, but is linked to as a blob"},
    {"R11: links to more than will come", "lab lbb", 1, 1,
     "is linked to, but cannot be among the 1 objects announced"},
    {"R11: all have come, a link to another", "nab lbb", 1, 0, "cannot be among the 1 objects"},
    {"R11: a link where nothing is announced", "lab", 0, 0, "cannot be among the 0 objects"},
    {"as many as announced", "lab lbb nab nbb", 2, 0, NULL},
    {"R12: twins", "nab nab", 2, 0, NULL},
    {"R12: twins, linked to", "lab nab nab lab", 2, 0, NULL},
};

static enum object_type type_of(char letter)
{
    static const char letters[] = "*ctbg";
    return (enum object_type)(strchr(letters, letter) - letters);
}

static void names(void)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct arrivals table;
        unsigned char id[20] = "";
        uint32_t number = 0, name, twin, first[26];
        struct oid open;
        int rc = 0;
        fault_clear(&fault);
        memset(first, 0xff, sizeof first);
        arrivals_open(&table, OID_SHA1, rows[i].announced, &fault);
        for (const char *at = rows[i].steps; *at && rc == 0; at += at[3] ? 4 : 3) {
            enum object_type type = type_of(at[2]);
            uint32_t *known = &first[at[1] - 'a'];
            memset(id, at[1], sizeof id);
            if (*at == 'l') {
                rc = arrivals_link(&table, id, type, &name, &fault);
            } else {
                rc = arrivals_add(&table, 12 + number, &number);
                rc = rc < 0 ? rc : arrivals_name(&table, number, type, id, &name, &twin, &fault);
                CHECK(rc < 0 || twin == *known, "%s: twin %" PRIu32, rows[i].why, twin);
                if (rc == 0 && *known == ARRIVALS_NONE)
                    *known = number;
            }
            if (rc < 0)
                break;
            struct oid oid = arrivals_oid(&table, name);
            CHECK(memcmp(oid.id, id, sizeof id) == 0 && arrivals_knows(&table, id), "%s",
                  rows[i].why);
            CHECK(arrivals_find(&table, id) == *known, "%s: found", rows[i].why);
            if (*at == 'n')
                CHECK(arrivals_named(&table, name) == number, "%s: named", rows[i].why);
        }
        CHECK((rc < 0) == (rows[i].words != NULL), "%s: %s", rows[i].why, fault.text);
        if (rows[i].words)
            CHECK(fault.class == FAULT_PROTOCOL && strstr(fault.text, rows[i].words), "%s: %s",
                  rows[i].why, fault.text);
        CHECK(table.open == rows[i].open, "%s: %" PRIu32 " open", rows[i].why, table.open);
        CHECK(arrivals_first_open(&table, &open) == (rows[i].open > 0), "%s: open", rows[i].why);
        arrivals_close(&table);
    }
}

/* The N-th of many ids: evenly spread, or (a stranger's links) alike in all but a few bytes. */
static void make_id(uint32_t n, bool alike, size_t len, unsigned char *id)
{
    uint32_t x = n * 2654435761u;
    memset(id, 0, len);
    for (size_t i = 0; i < (alike ? 4 : len); i++, x = x * 1103515245 + 12345)
        id[alike ? 8 + i : i] = (unsigned char)(alike ? n >> 8 * i : x >> 24);
}

static size_t id_len;

static int compare(const void *a, const void *b)
{
    return memcmp(a, b, id_len);
}

/* COUNT objects, of which every second is linked to before it comes; then all in order. */
static void many(size_t len, bool alike)
{
    enum { COUNT = 20000 };
    struct arrivals table;
    unsigned char id[OID_MAX], *ids = malloc(COUNT * len);
    uint32_t number, name, twin, wrong = 0;
    fault_clear(&fault);
    id_len = len;
    arrivals_open(&table, len, COUNT, &fault);
    for (uint32_t i = 0; i < COUNT; i++) {
        make_id(i, alike, len, ids + i * len);
        if (i % 2)
            wrong += arrivals_link(&table, ids + i * len, OBJECT_BLOB, &name, &fault) != 0;
    }
    for (uint32_t i = 0; i < COUNT; i++) {
        wrong += arrivals_add(&table, 12 + i, &number) != 0;
        wrong += arrivals_name(&table, i, OBJECT_BLOB, ids + i * len, &name, &twin, &fault) != 0;
        wrong += twin != ARRIVALS_NONE;
    }
    CHECK(wrong == 0 && table.open == 0, "%" PRIu32 " wrong: %s", wrong, fault.text);
    for (uint32_t i = 0; i < COUNT; i++)
        wrong += arrivals_find(&table, ids + i * len) != i;
    CHECK(wrong == 0, "%" PRIu32 " not found", wrong);
    make_id(COUNT, alike, len, id);
    CHECK(!arrivals_knows(&table, id) && arrivals_find(&table, id) == ARRIVALS_NONE, "knows more");
    uint64_t takes = (uint64_t)table.arrivals_room * sizeof *table.arrivals +
                     (uint64_t)table.names_room * table.record +
                     (uint64_t)table.slot_count * sizeof *table.slots;
    CHECK(takes <= arrivals_memory(len, COUNT), "%" PRIu64 " bytes of %" PRIu64, takes,
          arrivals_memory(len, COUNT));
    arrivals_sort(&table);
    for (uint32_t n = 0; n < COUNT; n++) { /* the N-th is the arrival it says */
        const unsigned char *sorted = arrivals_sorted(&table, n, &number);
        wrong += number >= COUNT || memcmp(sorted, ids + number * len, len) != 0;
    }
    qsort(ids, COUNT, len, compare);
    for (uint32_t n = 0; n < COUNT; n++)
        wrong += memcmp(arrivals_sorted(&table, n, &number), ids + n * len, len) != 0;
    CHECK(wrong == 0, "%" PRIu32 " in another order", wrong);
    arrivals_close(&table);
    free(ids);
}

/* K1: memory is taken for what has come, not for what is announced. */
static void announced_only(void)
{
    struct arrivals table;
    uint32_t number, name, twin;
    unsigned char id[20] = "x";
    arrivals_open(&table, OID_SHA1, UINT32_MAX, &fault);
    CHECK(table.arrivals == NULL && table.names == NULL && table.slots == NULL, "taken at once");
    CHECK(arrivals_add(&table, 12, &number) == 0 &&
              arrivals_name(&table, number, OBJECT_BLOB, id, &name, &twin, &fault) == 0,
          "%s", fault.text);
    CHECK(table.arrivals_room <= 4096 && table.names_room <= 4096 && table.slot_count <= 4096,
          "for one object %" PRIu32 ", %" PRIu32 ", %" PRIu32, table.arrivals_room,
          table.names_room, table.slot_count);
    arrivals_close(&table);
}

/* A thin pack gets more names than were announced, one for each base that is appended: a search for
 * what is not there ends all the same. */
static void more_than_announced(void)
{
    for (uint32_t announced = 1; announced < 40; announced++) {
        struct arrivals table;
        uint32_t number, name, twin;
        unsigned char id[20] = "x", other[20] = "y";
        fault_clear(&fault);
        arrivals_open(&table, OID_SHA1, announced, &fault);
        alarm(20);
        for (uint32_t i = 0; i < announced + 40; i++) {
            memcpy(id + 8, &i, sizeof i);
            if (i >= announced)
                table.announced++;
            CHECK(arrivals_add(&table, 12 + i, &number) == 0 &&
                      arrivals_name(&table, number, OBJECT_BLOB, id, &name, &twin, &fault) == 0,
                  "%s", fault.text);
            CHECK(arrivals_knows(&table, id) && !arrivals_knows(&table, other), "name %u of %u", i,
                  announced);
        }
        alarm(0);
        arrivals_close(&table);
    }
}

int main(void)
{
    places();
    more_than_announced();
    one_word();
    names();
    many(OID_SHA1, false);
    many(OID_SHA1, true);
    many(OID_SHA256, false);
    announced_only();
    return T_DONE();
}
