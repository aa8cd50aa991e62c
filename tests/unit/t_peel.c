/* SPDX-License-Identifier: MIT */
/* From tags to commits to trees, and what is none of them. */
#include "objects/peel.h"

#include "receiver.h"

/* By letter: t a tree, b a blob, c a commit of t; g a tag of c, h a tag of g; u a tag of t, v a tag
 * of b; m is not there. */
static struct oid names[128];

static void put(struct packmake *pack, char letter, enum object_type type, const char *format,
                const char *what)
{
    char body[200];
    int size = snprintf(body, sizeof body, format, what);
    packmake_whole(pack, type, body, (size_t)size);
    names[(int)letter] = packmake_name(type, body, (size_t)size);
}

static const char *id_of(char letter)
{
    static char text_of[OID_HEX];
    return oid_hex(&names[(int)letter], text_of);
}

static struct odb *make(struct fault *fault)
{
    struct packmake pack;
    struct receive_options options = {.git_dir = git_dir, .hash = &hash_sha1};
    struct receive_result result;
    struct reader in;
    fault_clear(fault);
    packmake_begin(&pack);
    put(&pack, 't', OBJECT_TREE, "%s", "");
    put(&pack, 'b', OBJECT_BLOB, "%s", "blob");
    put(&pack, 'c', OBJECT_COMMIT, "tree %s\n\nc", id_of('t'));
    put(&pack, 'g', OBJECT_TAG, "object %s\ntype commit\ntag g\n\ng", id_of('c'));
    put(&pack, 'h', OBJECT_TAG, "object %s\ntype tag\ntag h\n\nh", id_of('g'));
    put(&pack, 'u', OBJECT_TAG, "object %s\ntype tree\ntag u\n\nu", id_of('t'));
    put(&pack, 'v', OBJECT_TAG, "object %s\ntype blob\ntag v\n\nv", id_of('b'));
    packmake_end(&pack);
    reader_memory(&in, pack.bytes, pack.used, "pack", fault);
    CHECK(receive_pack(&in, &options, NULL, 0, &result, fault) == 0, "%s", fault->text);
    free(pack.bytes);
    names['m'] = packmake_name(OBJECT_BLOB, "missing", 7);
    return odb_open(git_dir, &hash_sha1, 0, fault);
}

static void rows(void)
{
    static const struct {
        const char *why;
        char from;
        const char *words; /* of the refusal, or NULL: the commit is c, its tree t */
    } rows[] = {
        {"a commit", 'c', NULL},
        {"a tag", 'g', NULL},
        {"a tag of a tag", 'h', NULL},
        {"a tree", 't', " is a tree, not a commit"},
        {"a blob", 'b', " is a blob, not a commit"},
        {"a tag of a tree", 'u', " is a tree, not a commit"},
        {"a tag of a blob", 'v', " is a blob, not a commit"},
        {"nothing", 'm', " is missing"},
    };
    struct fault fault;
    struct odb *odb = make(&fault);
    for (size_t i = 0; odb && i < sizeof rows / sizeof *rows; i++)
        for (int tree = 0; tree < 2; tree++) {
            struct oid got = names['m'];
            const struct oid *from = &names[(int)rows[i].from];
            fault_clear(&fault);
            int rc = tree ? peel_to_tree(odb, from, &got, &fault)
                          : peel_to_commit(odb, from, &got, &fault);
            CHECK((rc < 0) == (rows[i].words != NULL), "%s: %s", rows[i].why, fault.text);
            if (rc == 0)
                CHECK(oid_equal(&got, &names[tree ? 't' : 'c']), "%s", rows[i].why);
            else
                CHECK(fault.class == FAULT_PROTOCOL && strstr(fault.text, rows[i].words) &&
                          oid_equal(&got, &names['m']),
                      "%s: %s", rows[i].why, fault.text);
        }
    odb_close(odb);
}

/* K10: a hundred thousand tags, each of the one before; at the end there is a commit. */
static void tag_chain(void)
{
    enum { TAGS = 100000 };
    struct packmake pack;
    struct receive_result result;
    struct fault fault;
    char body[200], hex[OID_HEX];
    new_repo();
    packmake_begin(&pack);
    struct oid tree = packmake_name(OBJECT_TREE, "", 0), commit, found;
    packmake_whole(&pack, OBJECT_TREE, "", 0);
    int size =
        snprintf(body, sizeof body, "tree %s\nauthor a <b> 1 +0000\ncommitter a <b> 1 +0000\n\nc\n",
                 oid_hex(&tree, hex));
    commit = packmake_name(OBJECT_COMMIT, body, (size_t)size);
    packmake_whole(&pack, OBJECT_COMMIT, body, (size_t)size);
    struct oid last = commit;
    for (int i = 0; i < TAGS; i++) {
        size = snprintf(body, sizeof body, "object %s\ntype %s\ntag t\n\nt\n", oid_hex(&last, hex),
                        i ? "tag" : "commit");
        last = packmake_name(OBJECT_TAG, body, (size_t)size);
        packmake_whole(&pack, OBJECT_TAG, body, (size_t)size);
    }
    packmake_end(&pack);
    CHECK(run_with(&pack, 65536, NULL, 0, &last, &result, &fault) == 0, "%s", fault.text);
    struct odb *odb = odb_open(git_dir, &hash_sha1, 100000, &fault);
    CHECK(odb && peel_to_commit(odb, &last, &found, &fault) == 0 && oid_equal(&found, &commit),
          "K10: %s", fault.text);
    odb_close(odb);
    free(pack.bytes);
}

int main(void)
{
    scratch_open();
    new_repo();
    rows();
    tag_chain();
    close(git_dir);
    scratch_close();
    return T_DONE();
}
