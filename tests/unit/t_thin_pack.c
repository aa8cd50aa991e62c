/* SPDX-License-Identifier: MIT */
/* Packs whose bases only the receiver has; stock git judges what was written. */
#include "objects/odb.h"
#include "receiver.h"

#include <inttypes.h>

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

/* A repository with TEXT in it, opened. */
static struct odb *with_text(struct fault *fault)
{
    struct packmake pack;
    struct receive_result result;
    new_repo();
    packmake_begin(&pack);
    packmake_whole(&pack, OBJECT_BLOB, text, sizeof text - 1);
    packmake_end(&pack);
    CHECK(run_with(&pack, 1000, NULL, 0, NULL, &result, fault) == 0, "%s", fault->text);
    free(pack.bytes);
    return odb_open(git_dir, &hash_sha1, 100000, fault);
}

/* What comes: REF_DELTAs to the text (t), to a blob that nobody has (n), to the last delta (l), and
 * to the text's beginning, which comes whole (w) before or behind. */
static void rows(void)
{
    static const struct {
        const char *why, *entries;
        uint32_t objects; /* what the pack has in the end */
        const char *words;
    } rows[] = {
        {"a base for two", "tt", 3, NULL},
        {"a chain on it", "tlll", 5, NULL},
        {"nothing is missing: nothing is added", "w", 1, NULL},
        {"one whole, one thin", "wt", 3, NULL},
        {"nobody has it", "n", 0, "1 deltas whose base is not in it"},
        {"nobody has one of them", "tn", 0, "1 deltas whose base is not in it"},
        {"nobody has it, and one hangs on it", "nl", 0, "2 deltas whose base is not in it"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct packmake pack;
        struct receive_result result;
        struct fault fault;
        unsigned char delta[200];
        char body[300] = "";
        struct oid base, last = {.len = 0};
        struct odb *odb = with_text(&fault);
        packmake_begin(&pack);
        for (size_t k = 0; rows[i].entries[k]; k++) {
            char end[2] = {(char)('a' + k), 0}, kind = rows[i].entries[k];
            if (kind == 'w') {
                packmake_whole(&pack, OBJECT_BLOB, text, 10);
                continue;
            }
            if (kind != 'l')
                snprintf(body, sizeof body, "%s", kind == 't' ? text : "nowhere");
            base = packmake_name(OBJECT_BLOB, body, strlen(body));
            packmake_ref(&pack, &base, delta, packmake_delta(delta, strlen(body), end));
            strcat(body, end);
            last = packmake_name(OBJECT_BLOB, body, strlen(body));
        }
        packmake_end(&pack);
        int rc = run_with(&pack, 1000, odb, 0, last.len ? &last : NULL, &result, &fault);
        CHECK((rc < 0) == (rows[i].words != NULL), "%s: %s", rows[i].why, fault.text);
        CHECK(rc < 0 || result.objects == rows[i].objects, "%s: %" PRIu32, rows[i].why,
              result.objects);
        CHECK(rc == 0 || strstr(fault.text, rows[i].words), "%s: %s", rows[i].why, fault.text);
        CHECK(files_left() == (rc < 0 ? 2 : 4), "%s: %d files", rows[i].why, files_left());
        if (strcmp(rows[i].entries, "tlll") == 0)
            verify(rows[i].why);
        odb_close(odb);
        free(pack.bytes);
    }
}

/* More bases than one batch has room for, most of them twice, and one that is too large for any. */
static void batches(unsigned threads)
{
    enum { COUNT = 64, SIZE = 20000, LARGE = 300000 };
    static unsigned char bytes[COUNT][SIZE], large[LARGE];
    struct packmake pack;
    struct receive_result result;
    struct fault fault;
    unsigned char delta[64], insert[] = {0, 0, 0, 1, 1, 'x'};
    new_repo();
    packmake_begin(&pack);
    for (unsigned i = 0; i < COUNT; i++) {
        unsigned noise = i + 1;
        for (unsigned k = 0; k < SIZE; k++)
            bytes[i][k] =
                (unsigned char)((noise = noise * 1103515245U + 12345U) >> (k % 3 ? 24 : 30));
        packmake_whole(&pack, OBJECT_BLOB, bytes[i], SIZE);
    }
    packmake_whole(&pack, OBJECT_BLOB, large, LARGE);
    packmake_end(&pack);
    CHECK(run_with(&pack, 1000, NULL, 0, NULL, &result, &fault) == 0, "%s", fault.text);
    free(pack.bytes);
    struct odb *odb = odb_open(git_dir, &hash_sha1, 100000, &fault);
    packmake_begin(&pack);
    for (unsigned i = 0; i < 2 * COUNT; i++) {
        unsigned which = (i * 37 + i / COUNT) % COUNT;
        struct oid base = packmake_name(OBJECT_BLOB, bytes[which], SIZE);
        packmake_ref(&pack, &base, delta, packmake_delta(delta, SIZE, i < COUNT ? "one" : "two"));
    }
    struct oid base = packmake_name(OBJECT_BLOB, large, LARGE);
    insert[0] = 128 | (LARGE & 127);
    insert[1] = 128 | (LARGE >> 7 & 127);
    insert[2] = LARGE >> 14;
    packmake_ref(&pack, &base, insert, sizeof insert);
    packmake_end(&pack);
    thread_count = threads;
    CHECK(run_with(&pack, 1000, odb, 0, NULL, &result, &fault) == 0, "%u threads: %s", threads,
          fault.text);
    thread_count = 0;
    CHECK(result.objects == 3 * COUNT + 2, "%u threads: %" PRIu32, threads, result.objects);
    odb_close(odb);
    verify("bases in batches");
    free(pack.bytes);
}

int main(void)
{
    scratch_open();
    thin();
    rows();
    batches(1);
    batches(3);
    close(git_dir);
    scratch_close();
    return T_DONE();
}
