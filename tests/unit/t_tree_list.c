/* SPDX-License-Identifier: MIT */
/* What trees of strangers hold, in the order of the index: what is refused (P1, P2, P4, P6, P7,
 * P15) and where it has an end (P8). No git is started: the packs are made here. */
#include "worktree/tree_list.h"

#include "packdir.h"

#include <inttypes.h>

enum { TREE_MAX = 65536, OBJECTS = 2500 };

static struct fault fault;

/* A tree in the making; its bytes are whatever a stranger would send. */
struct tree {
    unsigned char bytes[TREE_MAX];
    size_t size;
};

static struct {
    struct packmake pack;
    struct packidx_item items[OBJECTS];
    unsigned char ids[OBJECTS][20];
    uint32_t count;
} made;

static struct oid store(enum object_type type, const void *bytes, size_t size)
{
    struct oid oid = packmake_name(type, bytes, size);
    for (uint32_t n = 0; n < made.count; n++)
        if (memcmp(made.ids[n], oid.id, 20) == 0)
            return oid;
    if (made.count == OBJECTS)
        exit(2);
    memcpy(made.ids[made.count], oid.id, 20);
    made.items[made.count] = (struct packidx_item){made.ids[made.count], 0,
                                                   packmake_whole(&made.pack, type, bytes, size)};
    made.count++;
    return oid;
}

static void add(struct tree *tree, const char *mode, const char *name, const struct oid *oid)
{
    tree->size += (size_t)sprintf((char *)tree->bytes + tree->size, "%s %s", mode, name) + 1;
    memcpy(tree->bytes + tree->size, oid->id, 20);
    tree->size += 20;
}

/* A tree of one entry. */
static struct oid store_one(const char *mode, const char *name, const struct oid *oid)
{
    static struct tree tree;
    tree.size = 0;
    add(&tree, mode, name, oid);
    return store(OBJECT_TREE, tree.bytes, tree.size);
}

static void begin(void)
{
    packmake_begin(&made.pack);
    made.count = 0;
}

static const struct tree_list_limits wide = {.files = 1000000, .memory = 1 << 28, .paths = 1 << 28};

static int list_tree(const struct oid *root, struct pathset *paths,
                     const struct tree_list_limits *limits, struct tree_list *list)
{
    put_pack(&made.pack, made.items, made.count);
    free(made.pack.bytes);
    struct odb *odb = open_odb(1 << 20, &fault);
    CHECK(odb != NULL, "%s", fault.text);
    *list = (struct tree_list){.count = 0};
    int rc = odb ? tree_list_read(list, odb, root, paths, limits, &fault) : -1;
    odb_close(odb);
    return rc;
}

/* "mode path" of each file. */
static void tell(const struct tree_list *list, char *out, size_t size)
{
    size_t used = 0;
    out[0] = '\0';
    for (size_t i = 0; i < list->count; i++) {
        const struct tree_list_file *file = tree_list_file(list, i);
        char path[OBJECT_PATH_MAX];
        const struct index_entry entry = tree_list_entry(list, file, path);
        CHECK(entry.path == path && strlen(path) == entry.path_len, "%s: %zu bytes", path,
              entry.path_len);
        CHECK(strcmp(path + list->directories[file->directory].path_len,
                     list->names + file->name) == 0,
              "%s: its last name", path);
        used += (size_t)snprintf(out + used, size - used, "%s%" PRIo32 " %s", i ? ", " : "",
                                 entry.mode, path);
    }
}

/* All kinds of entries, two directories deep; and parts of them. */
static void listed(void)
{
    static const struct {
        const char *why, *paths[3], *files;
        size_t directories; /* with the root */
    } rows[] = {
        {"all",
         {NULL},
         "120000 a-link, 100644 dir-, 100644 dir/in/x, 100644 dir/y, 100644 dir0, 160000 module, "
         "100755 run",
         3},
        {"a file", {"run"}, "100755 run", 1},
        {"a directory", {"dir"}, "100644 dir/in/x, 100644 dir/y", 3},
        {"one inside", {"dir/in"}, "100644 dir/in/x", 3},
        {"a file inside", {"dir/y"}, "100644 dir/y", 2},
        {"two", {"dir/in/x", "module"}, "100644 dir/in/x, 160000 module", 3},
        {"a name that begins alike", {"dir-"}, "100644 dir-", 1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        static struct tree tree;
        struct tree_list list;
        struct pathset paths = {.paths = {.count = 0}};
        char got[1024];
        begin();
        struct oid text = store(OBJECT_BLOB, "text", 4);
        struct oid gone = packmake_name(OBJECT_BLOB, "gone", 4);
        struct oid in = store_one("100664", "x", &text);
        tree.size = 0;
        add(&tree, "40000", "in", &in);
        add(&tree, "0100644", "y", &text);
        struct oid directory = store(OBJECT_TREE, tree.bytes, tree.size);
        tree.size = 0;
        add(&tree, "120000", "a-link", &text);
        add(&tree, "100644", "dir-", &text);
        add(&tree, "040000", "dir", &directory);
        add(&tree, "100600", "dir0", &text);
        add(&tree, "160000", "module", &gone);
        add(&tree, "104777", "run", &text);
        struct oid root = store(OBJECT_TREE, tree.bytes, tree.size);
        while (paths.paths.count < 3 && rows[i].paths[paths.paths.count]) {
            paths.paths.items[paths.paths.count] = rows[i].paths[paths.paths.count];
            paths.paths.count++;
        }
        CHECK(pathset_open(&paths, &fault) == 0, "%s", fault.text);
        CHECK(list_tree(&root, paths.paths.count ? &paths : NULL, &wide, &list) == 0, "%s: %s",
              rows[i].why, fault.text);
        tell(&list, got, sizeof got);
        CHECK(strcmp(got, rows[i].files) == 0, "%s: %s", rows[i].why, got);
        CHECK(list.directory_count == rows[i].directories, "%s: %zu directories", rows[i].why,
              list.directory_count);
        CHECK(pathset_all_found(&paths, &fault) == 0, "%s: %s", rows[i].why, fault.text);
        tree_list_free(&list);
    }
}

static void refused_trees(void)
{
    static char name[257];
    memset(name, 'x', 256);
    /* TEXT, TARGET, INNER and so on stand for an id. */
    static const struct {
        const char *why;
        struct {
            const char *mode, *name, *id;
        } entries[4];
        const char *sentence;
    } rows[] = {
        {"P1: .git", {{"100644", ".git", "text"}}, "take for '.git'"},
        {"P1: .GiT as directory", {{"40000", ".GiT", "inner"}}, "take for '.git'"},
        {"P1: git~1", {{"100644", "GIT~1", "text"}}, "take for '.git'"},
        {"P1: dots and spaces", {{"100644", ".git . ", "text"}}, "take for '.git'"},
        {"P1: stream", {{"100644", ".git::$INDEX_ALLOCATION", "text"}}, "take for '.git'"},
        {"P1: HFS+", {{"100644", ".g\xe2\x80\x8cit", "text"}}, "take for '.git'"},
        {"P1: backslash", {{"100644", "a\\.git", "text"}}, "take for '.git'"},
        {"P2: .", {{"40000", ".", "inner"}}, "'.' or '..' as a name"},
        {"P2: ..", {{"100644", "..", "text"}}, "'.' or '..' as a name"},
        {"P2: empty", {{"100644", "", "text"}}, "an empty name"},
        {"P2: a slash", {{"100644", "../x", "text"}}, "a slash in a name"},
        {"P6: .gitmodules", {{"120000", ".gitmodules", "target"}}, "'.gitmodules'"},
        {"P6: NTFS", {{"120000", "GITMOD~1", "target"}}, "'.gitmodules'"},
        {"P7: sorted", {{"100644", "b", "text"}, {"100644", "a", "text"}}, "not sorted"},
        {"P7: twice", {{"100644", "a", "text"}, {"100755", "a", "text"}}, "twice"},
        {"P4: link and directory", {{"120000", "a", "target"}, {"40000", "a", "inner"}}, "twice"},
        {"P4: link and directory, one between",
         {{"120000", "a", "target"}, {"100644", "a.b", "text"}, {"40000", "a", "inner"}},
         "twice"},
        {"P15: submodule and directory",
         {{"160000", "a", "gitlink"}, {"100644", "a.b", "text"}, {"40000", "a", "inner"}},
         "twice"},
        {"P7: not octal", {{"10064x", "a", "text"}}, "mode"},
        {"P7: huge mode", {{"77777777777", "a", "text"}}, "mode"},
        {"P7: no mode", {{"10644", "a", "text"}}, "mode"},
        {"P7: null id", {{"100644", "a", "null"}}, "null id"},
        {"P7: a name of 256 bytes", {{"100644", name, "text"}}, "over 255 bytes"},
        {"P7: a blob as directory", {{"40000", "a", "text"}}, "is a blob, not a tree"},
        {"missing", {{"100644", "a", "gitlink"}}, "is missing"},
        {"P15: ESC in a name", {{"100644", "\033]0;x\a", "gitlink"}}, "'^[]0;x^G' is missing"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        static struct tree tree;
        struct tree_list list;
        begin();
        struct oid text = store(OBJECT_BLOB, "text", 4), target = store(OBJECT_BLOB, "..", 2);
        struct oid inner = store_one("100644", "x", &text), null = {.len = OID_SHA1};
        struct oid gitlink = packmake_name(OBJECT_COMMIT, "elsewhere", 9);
        tree.size = 0;
        for (int k = 0; k < 4 && rows[i].entries[k].mode; k++) {
            const char *id = rows[i].entries[k].id;
            add(&tree, rows[i].entries[k].mode, rows[i].entries[k].name,
                strcmp(id, "text") == 0     ? &text
                : strcmp(id, "target") == 0 ? &target
                : strcmp(id, "inner") == 0  ? &inner
                : strcmp(id, "null") == 0   ? &null
                                            : &gitlink);
        }
        struct oid root = store(OBJECT_TREE, tree.bytes, tree.size);
        CHECK(list_tree(&root, NULL, &wide, &list) < 0, "%s: taken", rows[i].why);
        CHECK(fault.class == FAULT_PROTOCOL && strstr(fault.text, rows[i].sentence), "%s: %s",
              rows[i].why, fault.text);
        tree_list_free(&list);
    }
}

/* A path that no entry is at or below. */
static void not_found(void)
{
    struct pathset paths = {.paths = {.items = {"a", "a/b"}, .count = 2}};
    struct tree_list list;
    begin();
    struct oid oid = store(OBJECT_BLOB, "text", 4);
    oid = store_one("100644", "a", &oid);
    CHECK(pathset_open(&paths, &fault) == 0, "%s", fault.text);
    CHECK(list_tree(&oid, &paths, &wide, &list) < 0 && fault.class == FAULT_REFUSED, "taken");
    CHECK_TEXT(fault.text, "path 'a/b' is not in that commit");
    tree_list_free(&list);
}

/* P7: a tree that is cut at every byte, as the root and below it. */
static void cut_trees(void)
{
    static struct tree tree;
    const size_t whole = strlen("100644 a") + 1 + 20;
    for (size_t size = 1; size < whole; size++)
        for (int below = 0; below < 2; below++) {
            struct tree_list list;
            begin();
            struct oid text = store(OBJECT_BLOB, "text", 4);
            tree.size = 0;
            add(&tree, "100644", "a", &text);
            struct oid root = store(OBJECT_TREE, tree.bytes, size);
            if (below)
                root = store_one("40000", "d", &root);
            CHECK(list_tree(&root, NULL, &wide, &list) < 0 && fault.class == FAULT_PROTOCOL,
                  "cut at %zu: %s", size, fault.text);
            CHECK(list.count == 0, "cut at %zu: %zu files", size, list.count);
            tree_list_free(&list);
        }
}

/* LEVELS trees of ten, each holding the next ten times; the last ten are files or empty trees. */
static struct oid store_bomb(int levels, bool files)
{
    static struct tree tree;
    struct oid oid = files ? store(OBJECT_BLOB, "text", 4) : store(OBJECT_TREE, "", 0);
    for (int level = 0; level < levels; level++) {
        tree.size = 0;
        for (char name[2] = "0"; name[0] <= '9'; name[0]++)
            add(&tree, level == 0 && files ? "100644" : "40000", name, &oid);
        oid = store(OBJECT_TREE, tree.bytes, tree.size);
    }
    return oid;
}

/* P8: each limit is met exactly. Two levels: 100 files, or 110 trees below the root; and paths of
 * "0/0" with a NUL. */
static void limits(void)
{
    static const struct {
        const char *why;
        int levels;
        bool files;
        struct tree_list_limits limits;
        const char *sentence; /* NULL: taken */
    } rows[] = {
        {"P8: 10^9 files", 9, true, {1000, 1 << 28, 1 << 28}, "more than 1000 files"},
        {"P8: 10^9 directories", 9, false, {1000, 1 << 28, 1 << 28}, "more than 1000 directories"},
        {"as many files as may be", 2, true, {100, 1 << 28, 1 << 28}, NULL},
        {"one file more", 2, true, {99, 1 << 28, 1 << 28}, "more than 99 files"},
        {"as many directories as may be", 2, false, {110, 1 << 28, 1 << 28}, NULL},
        {"one directory more", 2, false, {109, 1 << 28, 1 << 28}, "more than 109 directories"},
        {"paths as long as may be", 2, true, {100, 1 << 28, 400}, NULL},
        {"paths with a byte more",
         2,
         true,
         {100, 1 << 28, 399},
         "the paths of its files have more than 0 MiB"},
        {"little memory", 2, true, {100, 100000, 1 << 28}, NULL},
        {"too little memory",
         2,
         true,
         {100, 5000, 1 << 28},
         "the list of files takes more memory than --mem has room for"},
        {"not enough for one tree", 1, true, {100, 100, 1 << 28}, "more memory than --mem"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct tree_list list;
        begin();
        struct oid root = store_bomb(rows[i].levels, rows[i].files);
        int rc = list_tree(&root, NULL, &rows[i].limits, &list);
        CHECK((rc < 0) == (rows[i].sentence != NULL), "%s: %s", rows[i].why, fault.text);
        if (rc < 0)
            CHECK(fault.class == FAULT_LIMIT && strstr(fault.text, rows[i].sentence), "%s: %s",
                  rows[i].why, fault.text);
        else
            CHECK(list.count == (rows[i].files ? 100 : 0), "%s: %zu files", rows[i].why,
                  list.count);
        tree_list_free(&list);
    }
}

/* P7: LEVELS directories called NAME below each other, and a file "f": a path of at most 4095. */
static void deep(int levels, const char *name, const char *sentence)
{
    struct tree_list list;
    char path[OBJECT_PATH_MAX];
    begin();
    struct oid oid = store(OBJECT_BLOB, "text", 4);
    oid = store_one("100644", "f", &oid);
    for (int level = 0; level < levels; level++)
        oid = store_one("40000", name, &oid);
    int rc = list_tree(&oid, NULL, &wide, &list);
    CHECK((rc < 0) == (sentence != NULL), "%d of '%s': %s", levels, name, fault.text);
    if (rc < 0)
        CHECK(fault.class == FAULT_PROTOCOL && strstr(fault.text, sentence), "%s", fault.text);
    else
        CHECK(list.count == 1 && tree_list_entry(&list, tree_list_file(&list, 0), path).path_len ==
                                     (size_t)levels * (strlen(name) + 1) + 1,
              "%zu files", list.count);
    tree_list_free(&list);
}

int main(void)
{
    scratch_open();
    listed();
    refused_trees();
    not_found();
    cut_trees();
    limits();
    deep(200, "a", NULL);
    deep(2047, "a", NULL); /* 2047 * 2 + 1 */
    deep(2048, "a", "checkout: over 2048 directories below each other");
    deep(273, "fourteen-bytes", "a path of over 4095 bytes"); /* 273 * 15 + 1 */
    deep(273, "fifteen-bytes--", "a path of over 4095 bytes");
    deep(500, "sixteen-bytes-it", "a path of over 4095 bytes");
    close(git_dir);
    scratch_close();
    return T_DONE();
}
