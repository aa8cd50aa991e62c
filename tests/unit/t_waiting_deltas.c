/* SPDX-License-Identifier: MIT */
/* Deltas that came before their base; stock git judges what was written. */
#include "receive/arrivals.h"
#include "receiver.h"

static void make_ref_missing(struct packmake *p)
{
    unsigned char delta[200];
    struct oid base = packmake_name(OBJECT_BLOB, "nowhere", 7);
    packmake_ref(p, &base, delta, packmake_delta(delta, 7, "x"));
    packmake_end(p);
}

/* A second delta hangs on the one without a base: both are left. */
static void make_two_missing(struct packmake *p)
{
    unsigned char delta[200];
    struct oid base = packmake_name(OBJECT_BLOB, "nowhere", 7);
    uint64_t first = packmake_ref(p, &base, delta, packmake_delta(delta, 7, "x"));
    packmake_ofs(p, first, delta, packmake_delta(delta, 8, "y"));
    packmake_whole(p, OBJECT_BLOB, text, 10);
    packmake_end(p);
}

/* K5: found only when the base has come. */
static void make_late_lie(struct packmake *p)
{
    unsigned char delta[200];
    struct oid base = packmake_name(OBJECT_BLOB, text, 20);
    packmake_ref(p, &base, delta, packmake_delta(delta, 21, "x"));
    packmake_whole(p, OBJECT_BLOB, text, 20);
    packmake_end(p);
}

static const struct hostile rows[] = {
    {"K4: no base", "pack: 1 deltas whose base is not in it", FAULT_PROTOCOL, make_ref_missing},
    {"K4: no base, and one that hangs on it", "pack: 2 deltas whose base is not in it",
     FAULT_PROTOCOL, make_two_missing},
    {"K5: wrong size of a base that comes later",
     "pack entry at byte 12: delta: made for a base of 21", FAULT_PROTOCOL, make_late_lie},
};

/* Five entries in every order: a blob (0), deltas 1 to it, 2 to 1, 3 to 1 as well, and 4 to 3. */
static void orders(void)
{
    static const int base_of[] = {-1, 0, 1, 1, 3};
    char bodies[5][64];
    struct oid names[5];
    for (int i = 0; i < 5; i++) {
        snprintf(bodies[i], sizeof bodies[i], "%s%c", i ? bodies[base_of[i]] : "base", 'a' + i);
        names[i] = packmake_name(OBJECT_BLOB, bodies[i], strlen(bodies[i]));
    }
    for (int order = 0; order < 5 * 5 * 5 * 5 * 5; order++) {
        struct packmake pack;
        struct receive_result result;
        struct fault fault;
        unsigned char delta[64];
        uint64_t offsets[5] = {0};
        int rest = order, seen = 0;
        packmake_begin(&pack);
        for (int i = 0; i < 5; i++, rest /= 5) {
            int n = rest % 5, base = base_of[n];
            if (offsets[n])
                break; /* no permutation */
            char end[2] = {(char)('a' + n), 0};
            size_t size = n ? packmake_delta(delta, strlen(bodies[base]), end) : 0;
            offsets[n] = n == 0 ? packmake_whole(&pack, OBJECT_BLOB, bodies[0], strlen(bodies[0]))
                         : offsets[base] && n > 1 /* which may be waiting itself */
                             ? packmake_ofs(&pack, offsets[base], delta, size)
                             : packmake_ref(&pack, &names[base], delta, size);
            seen++;
        }
        packmake_end(&pack);
        if (seen == 5) {
            int rc = run_with(&pack, 1000, NULL, 0, &names[order % 4 + 1], &result, &fault);
            CHECK(rc == 0 && result.objects == 5, "order %d: %s", order, fault.text);
        }
        free(pack.bytes);
    }
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

/* K13: the list of what waits counts against --mem. */
static void memory(void)
{
    enum { COUNT = 9000 };
    struct packmake pack;
    struct receive_result result;
    struct fault fault;
    unsigned char delta[200];
    char line[16];
    struct oid base = packmake_name(OBJECT_BLOB, text, 20);
    packmake_begin(&pack);
    for (unsigned i = 0; i < COUNT; i++) {
        snprintf(line, sizeof line, "%07u\n", i);
        packmake_ref(&pack, &base, delta, packmake_delta(delta, 20, line));
    }
    packmake_whole(&pack, OBJECT_BLOB, text, 20);
    packmake_end(&pack);
    uint64_t least = arrivals_memory(OID_SHA1, COUNT + 1) + (2 << 20);
    new_repo();
    CHECK(run_with(&pack, 1000, NULL, least, &base, &result, &fault) < 0, "taken");
    CHECK(fault.class == FAULT_LIMIT &&
              strstr(fault.text, "9000 deltas that came before their base need 140 KiB of memory, "
                                 "--mem has room for 128"),
          "%s", fault.text);
    CHECK(files_left() == 0, "left files");
    CHECK(run_with(&pack, 1000, NULL, least + (1 << 20), &base, &result, &fault) == 0, "%s",
          fault.text);
    free(pack.bytes);
}

int main(void)
{
    scratch_open();
    new_repo();
    hostile(rows, sizeof rows / sizeof *rows);
    orders();
    chains();
    memory();
    close(git_dir);
    scratch_close();
    return T_DONE();
}
