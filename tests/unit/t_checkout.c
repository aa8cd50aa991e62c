/* SPDX-License-Identifier: MIT */
/* Trees of strangers become files: stock git packs the objects, and says what it thinks of the
 * result. */
#include "worktree/checkout.h"

#include "net/net.h"
#include "proto/object.h"
#include "scratch.h"
#include "system/interrupt.h"

#include <zlib.h>

static struct fault fault;

enum { TREE_MAX = 65536 };

/* A tree in the making; its bytes are whatever a stranger would send. */
struct tree {
    unsigned char bytes[TREE_MAX];
    size_t size;
};

static char git_dir[24];     /* of the repository at hand */
static unsigned threads = 1; /* that write */

/* Stores BYTES as a loose object of the repository, unchecked; its id in hexadecimal to HEX. */
static void store(const char *type, const void *bytes, size_t size, char hex[OID_HEX])
{
    static unsigned char whole[TREE_MAX + 32], packed[TREE_MAX + 1024];
    uLongf packed_size = sizeof packed;
    size_t head = (size_t)sprintf((char *)whole, "%s %zu", type, size) + 1;
    char path[128];
    union hash hash;
    struct oid oid;
    memcpy(whole + head, bytes, size);
    hash_sha1.begin(&hash);
    hash_sha1.add(&hash, whole, head + size);
    hash_sha1.end(&hash, &oid);
    oid_hex(&oid, hex);
    snprintf(path, sizeof path, "%s/objects/%.2s", git_dir, hex);
    mkdir(path, 0777);
    snprintf(path, sizeof path, "%s/objects/%.2s/%s", git_dir, hex, hex + 2);
    fault_clear(&fault);
    if (compress2(packed, &packed_size, whole, (uLong)(head + size), 1) != Z_OK ||
        fs_write(AT_FDCWD, path, packed, packed_size, false, &fault) < 0)
        exit(2);
}

static void add(struct tree *tree, const char *mode, const char *name, const char *hex)
{
    struct oid oid;
    if (oid_parse(hex, strlen(hex), &oid) < 0)
        exit(2);
    tree->size += (size_t)sprintf((char *)tree->bytes + tree->size, "%s %s", mode, name) + 1;
    memcpy(tree->bytes + tree->size, oid.id, oid.len);
    tree->size += oid.len;
}

static void begin(void)
{
    static unsigned number;
    char command[64];
    snprintf(git_dir, sizeof git_dir, "r%u/.git", ++number);
    snprintf(command, sizeof command, "git init -q r%u", number);
    shell(command);
}

/* Packs all that was stored and checks ROOT out. */
static int checkout_on(bool no_symlinks, const char *root, size_t entries_max, size_t memory)
{
    char command[512];
    struct oid oid;
    snprintf(command, sizeof command,
             "cd %s && ls -d objects/[0-9a-f]*/* 2>/dev/null | sed 's,objects/,,; s,/,,' | "
             "git --git-dir=. pack-objects -q objects/pack/pack >/dev/null; "
             "rm -rf objects/[0-9a-f]*",
             git_dir);
    shell(command);
    fault_clear(&fault);
    if (oid_parse(root, strlen(root), &oid) < 0)
        exit(2);
    int git = fs_open_dir(AT_FDCWD, git_dir, &fault);
    snprintf(command, sizeof command, "%s/..", git_dir);
    int work = fs_open_dir(AT_FDCWD, command, &fault);
    struct odb *odb = odb_open(git, &hash_sha1, 1 << 20, &fault);
    struct checkout_options options = {.odb = odb,
                                       .hash = &hash_sha1,
                                       .git_dir = git,
                                       .work_dir = work,
                                       .no_symlinks = no_symlinks,
                                       .entries_max = entries_max,
                                       .threads = threads,
                                       .memory = memory};
    int rc = odb ? checkout_tree(&options, &oid, &fault) : -1;
    odb_close(odb);
    close(git);
    close(work);
    return rc;
}

static int checkout_within(const char *root, size_t entries_max, size_t memory)
{
    return checkout_on(false, root, entries_max, memory);
}

static int checkout(const char *root, size_t entries_max)
{
    return checkout_within(root, entries_max, 0);
}

static const char *in_work(const char *format)
{
    char command[1024], directory[32];
    snprintf(directory, sizeof directory, "%s/..", git_dir);
    snprintf(command, sizeof command, "cd %s && { %s; } 2>&1", directory, format);
    return shell(command);
}

#define EMPTY_BLOB "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"
#define GITLINK "1111111111111111111111111111111111111111"

/* A blob "text", one "target" (where a symlink points), one of nothing. */
struct blobs {
    char text[OID_HEX], target[OID_HEX], nothing[OID_HEX];
};

static struct blobs store_blobs(void)
{
    struct blobs blobs;
    store("blob", "text", 4, blobs.text);
    store("blob", "..", 2, blobs.target);
    store("blob", "", 0, blobs.nothing);
    return blobs;
}

static void all_kinds(void)
{
    static struct tree tree, inner;
    char hex[OID_HEX], root[OID_HEX];
    begin();
    struct blobs blobs = store_blobs();
    inner = tree = (struct tree){.size = 0};
    add(&inner, "100644", "x", blobs.text);
    add(&inner, "100644", "\xc3\xbc \n", blobs.text);
    store("tree", inner.bytes, inner.size, hex);
    add(&tree, "120000", "a-link", blobs.target);
    add(&tree, "100644", "dir-", blobs.nothing);
    add(&tree, "40000", "dir", hex);
    add(&tree, "100644", "dir0", blobs.text);
    add(&tree, "160000", "module", GITLINK);
    add(&tree, "100755", "run", blobs.text);
    store("tree", tree.bytes, tree.size, root);
    CHECK(checkout(root, 0) == 0, "%s", fault.text);
    CHECK_TEXT(in_work("git diff-files --quiet && echo same"), "same");
    CHECK_TEXT(in_work("git ls-files -o | wc -l | tr -d ' '"), "0");
    CHECK_TEXT(in_work("git -c core.quotePath=true ls-files | tr '\\n' ' '"),
               "a-link dir- dir/x \"dir/\\303\\274 \\n\" dir0 module run ");
    CHECK_TEXT(in_work("git write-tree --missing-ok"), root);
    CHECK_TEXT(in_work("stat -c %a dir/x run dir module | tr '\\n' ' '"), "644 755 755 755 ");
    CHECK_TEXT(in_work("readlink a-link"), "..");
}

/* P7, P9: odd modes are read as git reads them; the umask is heeded. */
static void odd_modes(void)
{
    static struct tree tree;
    char root[OID_HEX];
    begin();
    struct blobs blobs = store_blobs();
    tree = (struct tree){.size = 0};
    add(&tree, "100664", "group", blobs.text);
    add(&tree, "0100644", "padded", blobs.text);
    add(&tree, "104777", "setuid", blobs.text);
    add(&tree, "100666", "world", blobs.text);
    store("tree", tree.bytes, tree.size, root);
    umask(027);
    CHECK(checkout(root, 0) == 0, "%s", fault.text);
    umask(022);
    CHECK_TEXT(in_work("stat -c %a group padded setuid world | tr '\\n' ' '"), "640 640 750 640 ");
    CHECK_TEXT(in_work("git ls-files -s | cut -c1-6 | tr '\\n' ' '"),
               "100644 100644 100755 100644 ");
}

static void nothing_written(const char *why)
{
    CHECK(strcmp(in_work("ls -A | tr '\\n' ' '"), ".git ") == 0, "%s: files were written: %s", why,
          in_work("ls -A | tr '\\n' ' '"));
    CHECK(strcmp(in_work("ls .git | grep index"), "") == 0, "%s: an index was written", why);
}

/* What a tree may hold is for tree_list to say (t_tree_list); here: that nothing was written. */
static void refused_trees(void)
{
    /* TEXT, TARGET, INNER and so on stand for an id. */
    static const struct {
        const char *why;
        struct {
            const char *mode, *name, *id;
        } entries[4];
        const char *sentence;
    } rows[] = {
        {"P1: .git", {{"100644", ".git", "text"}}, "take for '.git'"},
        {"P4: link and directory, one between",
         {{"120000", "a", "target"}, {"100644", "a.b", "text"}, {"40000", "a", "inner"}},
         "twice"},
        {"P7: a tree as file", {{"100644", "a", "inner"}}, "is a tree"},
        {"P7: a tree as symlink", {{"120000", "a", "inner"}}, "is a tree"},
        {"missing", {{"100644", "a", "gitlink"}}, "is missing"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        static struct tree tree;
        char inner[OID_HEX], root[OID_HEX];
        begin();
        struct blobs blobs = store_blobs();
        tree = (struct tree){.size = 0};
        add(&tree, "100644", "x", blobs.text);
        store("tree", tree.bytes, tree.size, inner);
        tree = (struct tree){.size = 0};
        for (int k = 0; k < 4 && rows[i].entries[k].mode; k++) {
            const char *id = rows[i].entries[k].id;
            add(&tree, rows[i].entries[k].mode, rows[i].entries[k].name,
                strcmp(id, "text") == 0     ? blobs.text
                : strcmp(id, "target") == 0 ? blobs.target
                : strcmp(id, "inner") == 0  ? inner
                : strcmp(id, "null") == 0   ? "0000000000000000000000000000000000000000"
                                            : GITLINK);
        }
        store("tree", tree.bytes, tree.size, root);
        CHECK(checkout(root, 0) < 0, "%s: taken", rows[i].why);
        CHECK(fault.class == FAULT_PROTOCOL && strstr(fault.text, rows[i].sentence), "%s: %s",
              rows[i].why, fault.text);
        nothing_written(rows[i].why);
    }
}

/* P7: directories below each other, and a path that is too long. */
static void depth(int levels, const char *name, const char *sentence)
{
    static struct tree tree;
    char hex[OID_HEX];
    begin();
    struct blobs blobs = store_blobs();
    strcpy(hex, blobs.text);
    for (int level = 0; level < levels; level++) {
        tree = (struct tree){.size = 0};
        add(&tree, level == 0 ? "100644" : "40000", name, hex);
        store("tree", tree.bytes, tree.size, hex);
    }
    int rc = checkout(hex, 0);
    if (sentence == NULL) {
        CHECK(rc == 0, "P7: %s", fault.text);
        CHECK_TEXT(in_work("git diff-files --quiet && echo same"), "same");
        return;
    }
    CHECK(rc < 0 && strstr(fault.text, sentence), "P7: %s", fault.text);
    nothing_written("P7");
}

/* P8: COUNT files in each of COUNT directories, below UPPER directories with names of 250 bytes. */
static void long_paths(unsigned count, unsigned upper, size_t memory, const char *sentence)
{
    struct tree tree = {.size = 0};
    char hex[OID_HEX], name[256];
    begin();
    struct blobs blobs = store_blobs();
    for (unsigned i = 0; i < count; i++) {
        snprintf(name, sizeof name, "f%04u", i);
        add(&tree, "100644", name, blobs.nothing);
    }
    store("tree", tree.bytes, tree.size, hex);
    tree.size = 0;
    for (unsigned i = 0; i < count; i++) {
        snprintf(name, sizeof name, "d%04u", i);
        add(&tree, "40000", name, hex);
    }
    store("tree", tree.bytes, tree.size, hex);
    memset(name, 'x', 250);
    name[250] = '\0';
    for (unsigned i = 0; i < upper; i++) {
        tree.size = 0;
        add(&tree, "40000", name, hex);
        store("tree", tree.bytes, tree.size, hex);
    }
    int rc = checkout_within(hex, 0, memory);
    if (sentence) {
        CHECK(rc < 0 && fault.class == FAULT_LIMIT && strstr(fault.text, sentence), "P8: %s",
              fault.text);
        nothing_written("P8: long paths");
    } else {
        CHECK(rc == 0, "P8: %s", fault.text);
        CHECK_TEXT(in_work("git diff-files --quiet && echo same"), "same");
    }
}

/* No symlink can be made of the first three. Where there are none (P17), all are plain files, and
 * to git they are what the tree says. */
static void symlinks(void)
{
    static char text[5000];
    static const struct {
        const char *why, *bytes;
        size_t size;
        const char *sentence;
    } rows[] = {
        {"NUL in a symlink", "a\0b", 3, "is empty, or has a NUL in it"},
        {"an empty symlink", "", 0, "is empty, or has a NUL in it"},
        {"a whole file", text, sizeof text, "has 5000 bytes, at most 4095 are taken here"},
        {"P17", "target", 6, NULL},
    };
    memset(text, 'x', sizeof text);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        static struct tree tree;
        char hex[OID_HEX], root[OID_HEX];
        begin();
        tree = (struct tree){.size = 0};
        store("blob", rows[i].bytes, rows[i].size, hex);
        add(&tree, "120000", "link", hex);
        store("tree", tree.bytes, tree.size, root);
        if (rows[i].sentence) {
            CHECK(checkout(root, 0) < 0 && strstr(fault.text, rows[i].sentence), "%s: %s",
                  rows[i].why, fault.text);
            CHECK(strstr(fault.text, "symlink 'link' (clone -n and export --path do without it): "),
                  "%s: %s", rows[i].why, fault.text);
        }
        CHECK(checkout_on(true, root, 0, 0) == 1, "%s: %s", rows[i].why, fault.text);
        in_work("git config core.symlinks false");
        CHECK_TEXT(in_work("test ! -L link && stat -c %a link"), "644");
        CHECK_TEXT(in_work("git hash-object link"), hex);
        CHECK_TEXT(in_work("git diff-files --quiet && echo same"), "same");
        CHECK_TEXT(in_work("git write-tree"), root);
    }
}

/* P4, P5: what already stands in the working tree is neither followed nor written over: so it is
 * with the second of two names that the file system takes for one. */
static void in_the_way(void)
{
    static struct tree tree, root;
    char hex[OID_HEX];
    begin();
    struct blobs blobs = store_blobs();
    root = tree = (struct tree){.size = 0};
    add(&tree, "100644", "x", blobs.text);
    store("tree", tree.bytes, tree.size, hex);
    add(&root, "40000", "a", hex);
    store("tree", root.bytes, root.size, hex);
    in_work("mkdir ../outside && ln -s ../outside a");
    CHECK(checkout(hex, 0) < 0 && fault.class == FAULT_LOCAL, "P4: %s", fault.text);
    CHECK(!is_there("outside/x"), "P4: wrote through a link to a directory");
    in_work("rm a && mkdir a && ln -s ../../outside/x a/x");
    CHECK(checkout(hex, 0) < 0 && fault.class == FAULT_LOCAL, "P5: %s", fault.text);
    CHECK(!is_there("outside/x"), "P5: wrote through a link to a file");
    in_work("rm a/x && echo mine >a/x");
    CHECK(checkout(hex, 0) < 0 &&
              strstr(fault.text, "cannot create 'a/x' (clone -n and export --path do without it): "
                                 "the file system takes two names for one"),
          "%s", fault.text);
    CHECK_TEXT(in_work("cat a/x"), "mine");
    in_work("rm a/x");
    interrupt_seen = 1;
    CHECK(checkout(hex, 0) < 0 && fault.class == FAULT_INTERRUPTED, "%s", fault.text);
    interrupt_seen = 0;
    CHECK(checkout(hex, 0) == 0, "%s", fault.text);
}

/* A second thread begins at the other end: every file is written once, links behind all of them;
 * and whichever meets something in its way, both stop and it is named. */
static void two_threads(void)
{
    static const char make[] =
        "for i in $(seq 40); do mkdir -p d/$i; for j in $(seq 50); do echo $i, $j >d/$i/$j; done; "
        "done; chmod +x d/7/7; ln -s ../7/7 d/8/a-link; git add d && git write-tree | tee "
        ".git/root";
    static const char *const in_way[] = {"d/1/1", "d/20/25", "d/40/50", "d/8/a-link"};
    static const char first[] =
        "b=$(git verify-pack -v .git/objects/pack/*.idx | grep ' blob ' | sort -nk 5 | head -n 1); "
        "git ls-tree -r $(cat .git/root) | grep ${b%% *} | cut -f 2";
    char root[OID_HEX], command[512], path[128];
    begin();
    snprintf(root, sizeof root, "%s", in_work(make));
    in_work("rm -r d .git/index");
    threads = 2;
    CHECK(checkout(root, 0) == 0, "%s", fault.text);
    CHECK_TEXT(in_work("git diff-files --quiet && echo same"), "same");
    CHECK_TEXT(in_work("git write-tree"), root);
    CHECK_TEXT(in_work("git status --porcelain | grep -v '^A  d/'"), "");
    for (size_t i = 0; i < sizeof in_way / sizeof *in_way; i++) {
        char expected[128];
        snprintf(command, sizeof command,
                 "rm -r d .git/index; mkdir -p $(dirname %s) && echo mine >%s", in_way[i],
                 in_way[i]);
        in_work(command);
        snprintf(expected, sizeof expected, " '%s' (clone -n", in_way[i]);
        CHECK(checkout(root, 0) < 0 && fault.class == FAULT_LOCAL && strstr(fault.text, expected),
              "%s: %s", in_way[i], fault.text);
        snprintf(command, sizeof command,
                 "printf '%%s, ' $(cat %s); test -e .git/index || echo no index", in_way[i]);
        CHECK_TEXT(in_work(command), "mine, no index");
    }
    /* The first one meets it at once; the other has all the rest before it. */
    snprintf(path, sizeof path, "%s", in_work(first));
    snprintf(command, sizeof command, "rm -r d; mkdir -p $(dirname %s) && echo mine >%s", path,
             path);
    in_work(command);
    CHECK(checkout(root, 0) < 0 && strstr(fault.text, path), "%s: %s", path, fault.text);
    CHECK(atoi(in_work("find d -type f | wc -l")) < 1000, "the other one went on");
    in_work("rm -r d");
    interrupt_seen = 1;
    CHECK(checkout(root, 0) < 0 && fault.class == FAULT_INTERRUPTED, "%s", fault.text);
    interrupt_seen = 0;
    threads = 1;
}

int main(void)
{
    scratch_open();
    all_kinds();
    odd_modes();
    refused_trees();
    long_paths(40, 15, 400000, NULL); /* the paths alone have 6 MB */
    long_paths(40, 15, 40000, "takes more memory than --mem has room for");
    long_paths(400, 15, 0, "the paths of its files have more than 512 MiB");
    depth(200, "a", NULL);
    depth(500, "sixteen-bytes-it", "a path of over 4095 bytes");
    symlinks();
    in_the_way();
    two_threads();
    scratch_close();
    return T_DONE();
}
