/* SPDX-License-Identifier: MIT */
/* Packs that break off, at every byte; stock git judges what was kept of them. */
#include "objects/odb.h"
#include "receiver.h"

#include <inttypes.h>
#include <stdlib.h>

/* A reader that fails where the bytes end; or, of class FAULT_NONE, does not. */
struct broken {
    struct steps steps;
    enum fault_class class;
};

static int broken_more(struct reader *reader)
{
    struct broken *broken = (struct broken *)reader;
    if (steps_more(reader) == 1)
        return 1;
    if (broken->class == FAULT_NONE)
        return 0;
    return fault_set(reader->fault, broken->class, "the line broke");
}

static int run_broken(const struct packmake *pack, size_t bytes, enum fault_class class,
                      struct odb *base, const struct oid *want, struct receive_rest *rest,
                      struct receive_result *result, struct fault *fault)
{
    struct broken broken = {
        .steps = {.reader = {.more = broken_more, .name = "memory", .fault = fault},
                  .from = pack->bytes,
                  .to = pack->bytes + bytes,
                  .step = 7},
        .class = class};
    const struct receive_options options = {
        .git_dir = git_dir, .hash = &hash_sha1, .base = base, .rest = rest};
    fault_clear(fault);
    return receive_pack(&broken.steps.reader, &options, want, 1, result, fault);
}

/* A commit, its tree, and the tree's two blobs, the second a delta of the first. */
struct small {
    struct packmake pack;
    struct oid commit, tree, first, second;
    uint64_t ends[5]; /* of the header and of each entry */
};

static void small_make(struct small *small, const char *order)
{
    unsigned char tree[100], delta[200];
    char body[200], commit[200], hex[OID_HEX];
    size_t size = 0, count = 0;
    snprintf(body, sizeof body, "%smore", text);
    small->first = packmake_name(OBJECT_BLOB, text, sizeof text - 1);
    small->second = packmake_name(OBJECT_BLOB, body, strlen(body));
    memcpy(tree, "100644 a", 9);
    memcpy(tree + 9, small->first.id, 20);
    memcpy(tree + 29, "100644 b", 9);
    memcpy(tree + 38, small->second.id, 20);
    small->tree = packmake_name(OBJECT_TREE, tree, 58);
    size = (size_t)snprintf(commit, sizeof commit,
                            "tree %s\nauthor a <a> 1 +0000\ncommitter a <a> 1 +0000\n\nx\n",
                            oid_hex(&small->tree, hex));
    small->commit = packmake_name(OBJECT_COMMIT, commit, size);
    packmake_begin(&small->pack);
    small->ends[count++] = small->pack.used;
    for (; *order; order++) {
        size_t made = packmake_delta(delta, sizeof text - 1, "more");
        if (*order == 'c')
            packmake_whole(&small->pack, OBJECT_COMMIT, commit, size);
        else if (*order == 't')
            packmake_whole(&small->pack, OBJECT_TREE, tree, 58);
        else if (*order == 'a')
            packmake_whole(&small->pack, OBJECT_BLOB, text, sizeof text - 1);
        else if (*order == 'b')
            packmake_ofs(&small->pack, small->ends[count - 2], delta, made);
        else
            packmake_ref(&small->pack, &small->first, delta, made);
        if (count < 5)
            small->ends[count++] = small->pack.used;
    }
    packmake_end(&small->pack);
}

/* What is kept is what came whole, and what is asked for is what it lacks. */
static void every_byte(void)
{
    static const uint32_t missing[] = {0, 1, 2, 1, 0};
    struct receive_result result;
    struct fault fault;
    struct small small;
    small_make(&small, "ctab");
    for (size_t bytes = 0; bytes < small.pack.used; bytes++) {
        struct receive_rest rest = {0};
        uint32_t whole = 0;
        new_repo();
        while (whole < 4 && small.ends[whole + 1] <= bytes)
            whole++;
        int rc = run_broken(&small.pack, bytes, FAULT_NETWORK, NULL, &small.commit, &rest, &result,
                            &fault);
        CHECK((rc == 0) == (whole > 0), "%zu bytes: %d", bytes, rc);
        CHECK(files_left() == (whole > 0 ? 2 : 0), "%zu bytes: files", bytes);
        CHECK(rest.broken == (whole > 0), "%zu bytes: broken", bytes);
        if (rc < 0) {
            CHECK(fault.class == FAULT_NETWORK && strstr(fault.text, "the line broke"), "%zu: %s",
                  bytes, fault.text);
            continue;
        }
        CHECK(strstr(rest.why.text, "the line broke") && fault.class == FAULT_NONE, "%zu: %s",
              bytes, rest.why.text);
        CHECK(result.objects == whole && rest.count == missing[whole] && rest.announced == 4,
              "%zu bytes: %" PRIu32 " objects, %zu missing", bytes, result.objects, rest.count);
        CHECK(rest.blobs == (whole > 1 ? rest.count : 0), "%zu bytes: %zu blobs", bytes,
              rest.blobs);
        if (bytes == small.ends[whole])
            verify("what was kept");
        if (bytes == small.ends[2])
            CHECK(oid_equal(&rest.oids[0], &small.first) && oid_equal(&rest.oids[1], &small.second),
                  "which blobs");
        free(rest.oids);
    }
    free(small.pack.bytes);
}

/* Only the network's faults: nothing else keeps anything. */
static void other_faults(void)
{
    static const enum fault_class classes[] = {FAULT_TLS, FAULT_PROTOCOL, FAULT_REFUSED,
                                               FAULT_INTERRUPTED, FAULT_LIMIT};
    struct receive_result result;
    struct fault fault;
    struct small small;
    small_make(&small, "ctab");
    for (size_t i = 0; i < sizeof classes / sizeof *classes; i++) {
        struct receive_rest rest = {0};
        new_repo();
        int rc = run_broken(&small.pack, small.ends[3], classes[i], NULL, &small.commit, &rest,
                            &result, &fault);
        CHECK(rc < 0 && fault.class == classes[i] && files_left() == 0 && !rest.oids, "class %d",
              (int)classes[i]);
    }
    free(small.pack.bytes);
}

/* A delta whose base had not come yet could not be in a pack of its own. */
static void waits_for_base(void)
{
    struct receive_rest rest = {0};
    struct receive_result result;
    struct fault fault;
    struct small small;
    small_make(&small, "ctra");
    new_repo();
    int rc = run_broken(&small.pack, small.ends[3], FAULT_NETWORK, NULL, &small.commit, &rest,
                        &result, &fault);
    CHECK(rc < 0 && fault.class == FAULT_NETWORK && files_left() == 0 && !rest.broken, "%s",
          fault.text);
    free(small.pack.bytes);
}

/* The rest of it, on what was kept: in the end all is there, and the closure is whole. */
static void goes_on(void)
{
    struct receive_rest rest = {0}, none = {0};
    struct receive_result result;
    struct packmake pack;
    struct fault fault;
    struct small small;
    char body[200];
    small_make(&small, "ctab");
    new_repo();
    CHECK(run_broken(&small.pack, small.ends[2] + 3, FAULT_NETWORK, NULL, &small.commit, &rest,
                     &result, &fault) == 0,
          "%s", fault.text);
    struct odb *odb = open_odb(100000, &fault);
    snprintf(body, sizeof body, "%smore", text);
    packmake_begin(&pack);
    packmake_whole(&pack, OBJECT_BLOB, text, sizeof text - 1);
    packmake_whole(&pack, OBJECT_BLOB, body, strlen(body));
    packmake_end(&pack);
    CHECK(run_broken(&pack, pack.used, FAULT_NONE, odb, &rest.oids[1], &none, &result, &fault) ==
                  0 &&
              !none.broken,
          "%s", fault.text);
    odb_close(odb);
    CHECK(system("cd repo && git show-index <$(ls objects/pack/*.idx | head -n 1) >/dev/null && "
                 "git cat-file --batch-all-objects --batch-check | wc -l | grep -q '^4$'") == 0,
          "four objects");
    free(rest.oids);
    free(pack.bytes);
    free(small.pack.bytes);
}

/* A pack that was asked for without what its trees link to. */
static void filtered(void)
{
    struct receive_rest rest = {.filtered = true, .announced = 4};
    struct receive_result result;
    struct packmake pack;
    struct fault fault;
    unsigned char tree[600];
    size_t size = 0;
    for (int i = 0; i < 3; i++) {
        memcpy(tree + size, "100644 a", 9);
        tree[size + 7] = (unsigned char)('a' + i);
        memset(tree + size + 9, 1 + i, 20);
        size += 29;
    }
    struct oid name = packmake_name(OBJECT_TREE, tree, size);
    packmake_begin(&pack);
    packmake_whole(&pack, OBJECT_TREE, tree, size);
    packmake_end(&pack);
    new_repo();
    CHECK(run_broken(&pack, pack.used, FAULT_NONE, NULL, &name, &rest, &result, &fault) == 0 &&
              rest.count == 3 && rest.blobs == 3 && !rest.broken,
          "%s", fault.text);
    free(rest.oids);
    verify("a filtered pack");
    /* All that is missing was announced once: more is not taken into memory (R11). */
    rest = (struct receive_rest){.filtered = true, .announced = 3};
    new_repo();
    CHECK(run_broken(&pack, pack.used, FAULT_NONE, NULL, &name, &rest, &result, &fault) < 0 &&
              fault.class == FAULT_PROTOCOL && strstr(fault.text, "cannot be among the 3"),
          "%s", fault.text);
    CHECK(files_left() == 0, "files");
    free(pack.bytes);
}

/* R12, K4: what came twice is judged as in any pack. */
static void twins(void)
{
    struct receive_rest rest = {0};
    struct receive_result result;
    struct fault fault;
    struct small small;
    small_make(&small, "tabb");
    new_repo();
    int rc = run_broken(&small.pack, small.ends[4], FAULT_NETWORK, NULL, &small.commit, &rest,
                        &result, &fault);
    CHECK(rc < 0 && fault.class == FAULT_PROTOCOL && files_left() == 0, "%s", fault.text);
    free(rest.oids);
    free(small.pack.bytes);
}

int main(void)
{
    scratch_open();
    every_byte();
    other_faults();
    waits_for_base();
    goes_on();
    filtered();
    twins();
    scratch_close();
    return T_DONE();
}
