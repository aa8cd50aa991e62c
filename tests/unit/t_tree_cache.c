/* SPDX-License-Identifier: MIT */
/* The index's extension TREE: stock git's is read, what is written says what git's would, and what
 * is malformed or lies is not believed. */
#include "worktree/tree_diff.h"

#include "scratch.h"

static struct fault fault;

/* What the cache knows of PATH: "3 <id>", or "". */
static const char *known(const struct tree_cache *cache, const char *path)
{
    static char text[OID_HEX + 16];
    char hex[OID_HEX];
    const struct cached_tree *tree = tree_cache_find(cache, path);
    *text = '\0';
    if (tree)
        snprintf(text, sizeof text, "%u %s", (unsigned)tree->files, oid_hex(&tree->oid, hex));
    return text;
}

#define ID "01234567890123456789"

static void tables(void)
{
    static const struct {
        const char *why, *bytes;
        size_t size, count; /* how many trees are known then */
    } rows[] = {
#define ROW(why, bytes, count) {why, bytes, sizeof bytes - 1, count}
        ROW("a root", "\0001 0\n" ID, 1),
        ROW("nothing known", "\0-1 0\n", 0),
        ROW("one directory", "\0002 1\n" ID "d\0001 0\n" ID, 2),
        ROW("the root unknown, a directory known", "\0-1 1\nd\0001 0\n" ID, 1),
        ROW("in each other", "\0003 1\n" ID "d\0002 1\n" ID "e\0001 0\n" ID, 3),
        ROW("two beside each other", "\0002 2\n" ID "d\0001 0\n" ID "e\0001 0\n" ID, 3),
        ROW("after one in the other", "\0-1 2\nd\0-1 1\ne\0001 0\n" ID "f\0001 0\n" ID, 2),
        ROW("K9: no name", "1 0\n" ID, 0),
        ROW("K9: the root has a name", "r\0001 0\n" ID, 0),
        ROW("K9: a directory has none", "\0002 1\n" ID "\0001 0\n" ID, 0),
        ROW("K9: a slash in a name", "\0002 1\n" ID "d/e\0001 0\n" ID, 0),
        ROW("K9: no number", "\0", 0),
        ROW("K9: no number, a sign", "\0-", 0),
        ROW("K9: -2", "\0-2 0\n", 0),
        ROW("K9: no second number", "\0001 ", 0),
        ROW("K9: no line feed", "\0001 0", 0),
        ROW("K9: a letter", "\0001x 0\n" ID, 0),
        ROW("K9: 2^32 entries", "\0004294967296 0\n" ID, 0),
        ROW("K9: 2^64 directories", "\0001 18446744073709551616\n" ID, 0),
        ROW("K9: the id is cut", "\0001 0\n0123456789012345678", 0),
        ROW("K9: a directory less than said", "\0002 2\n" ID "d\0001 0\n" ID, 0),
        ROW("K9: 2^63 directories", "\0002 9223372036854775808\n" ID "d\0001 0\n" ID, 0),
        ROW("K9: one more than said", "\0002 0\n" ID "d\0001 0\n" ID, 0),
        ROW("K9: rubbish behind", "\0001 0\n" ID "x", 0),
#undef ROW
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct tree_cache cache;
        unsigned char *exact = malloc(rows[i].size);
        memcpy(exact, rows[i].bytes, rows[i].size);
        fault_clear(&fault);
        CHECK(tree_cache_read(&cache, exact, rows[i].size, 20, &fault) == 0, "%s: %s", rows[i].why,
              fault.text);
        CHECK(cache.count == rows[i].count, "%s: %zu known", rows[i].why, cache.count);
        tree_cache_free(&cache);
        free(exact);
    }
}

/* A path of 4,095 bytes is one; a longer one is not, however it is put together. */
static void long_paths(void)
{
    for (size_t depth = 15; depth < 18; depth++) {
        struct tree_cache cache;
        char *text = malloc(20 * 300), *at = text;
        at += sprintf(at, "%c-1 1\n", '\0');
        for (size_t i = 0; i < depth; i++) {
            memset(at, 'n', 255);
            at[255] = '\0';
            at += 256;
            at += sprintf(at, "-1 %d\n", i + 1 < depth);
        }
        memcpy(at - 5, "0 0\n" ID, 24);
        at += 19;
        fault_clear(&fault);
        CHECK(tree_cache_read(&cache, (unsigned char *)text, (size_t)(at - text), 20, &fault) == 0,
              "%s", fault.text);
        CHECK(cache.count == (depth <= 16), "%zu: %zu known", depth, cache.count);
        tree_cache_free(&cache);
        free(text);
    }
}

static struct index_list read_index(int git_dir)
{
    struct index_list list;
    fault_clear(&fault);
    CHECK(index_list_read(git_dir, &hash_sha1, &list, &fault) == 0, "%s", fault.text);
    return list;
}

/* Writes the index of r/ anew, with the extension that is made here. */
static void rewrite(int git_dir, int work_dir)
{
    struct index_list list = read_index(git_dir);
    struct odb *odb = odb_open(git_dir, &hash_sha1, 1 << 20, &fault);
    const struct file_options files = {.hash = &hash_sha1, .work_dir = work_dir};
    const struct index_write_options options = {
        .git_dir = git_dir, .name = "index", .hash = &hash_sha1, .odb = odb};
    CHECK(odb && index_list_write(&list, NULL, 0, &files, &options, &fault) == 0, "%s", fault.text);
    odb_close(odb);
    index_list_free(&list);
}

/* Whatever was done to the index: git's extension, or what is left of it, and then ours. */
static void beside_git(void)
{
    static const struct {
        const char *how, *known; /* known: paths of the directories that are trees */
    } rows[] = {
        {"git init -q && mkdir -p a/b a-c d && for f in a/1 a/b/2 a-c/3 d/4 5; do echo $f >$f; "
         "done;"
         "git add . && git -c user.name=n -c user.email=e commit -q -m one",
         ":a/:a/b/:a-c/:d/"},
        {"echo x >>a/b/2 && git add a/b/2", "a-c/:d/"},
        {"git reset -q --hard && git rm -q --cached d/4", "a/:a/b/:a-c/"},
        {"git reset -q --hard && echo n >a-c/n && git add -N a-c/n", "a/:a/b/:d/"},
        {"git reset -q --hard && rm -f a-c/n && b=$(git hash-object -w 5) && "
         "printf '100644 %s 1\\ta/b/c\\n100644 %s 2\\ta/b/c\\n' $b $b | git update-index "
         "--index-info",
         "a-c/:d/"},
        {"git reset -q --hard && git rm -q -r --cached .", ""},
        {"git reset -q --hard && git update-index --index-version 4", ":a/:a/b/:a-c/:d/"},
        {"git update-index --skip-worktree a/1", ":a/:a/b/:a-c/:d/"},
    };
    static const char *const paths[] = {"", "a/", "a/b/", "a-c/", "d/"};
    shell("mkdir r");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char command[1024], expected[OID_HEX + 16];
        snprintf(command, sizeof command, "cd r && { %s; } 2>&1", rows[i].how);
        CHECK_TEXT(shell(command), "");
        int work_dir = fs_open_dir(AT_FDCWD, "r", &fault);
        int git_dir = fs_open_dir(AT_FDCWD, "r/.git", &fault);
        rewrite(git_dir, work_dir);
        struct index_list list = read_index(git_dir);
        for (size_t k = 0; k < sizeof paths / sizeof *paths; k++) {
            snprintf(command, sizeof command, ":%s:", rows[i].known);
            snprintf(expected, sizeof expected, ":%s:", paths[k]);
            bool wanted = *rows[i].known && strstr(command, expected);
            snprintf(
                command, sizeof command,
                "cd r && printf '%%d %%s' $(git ls-files './%s' | wc -l) $(git rev-parse HEAD:%s)",
                paths[k], paths[k]);
            snprintf(expected, sizeof expected, "%s", wanted ? shell(command) : "");
            CHECK(strcmp(known(&list.trees, paths[k]), expected) == 0, "row %zu, '%s': %s, not %s",
                  i, paths[k], known(&list.trees, paths[k]), expected);
        }
        index_list_free(&list);
        /* git has its own opinion of the extension, and what it writes next must be right. */
        CHECK_TEXT(shell("cd r && git fsck 2>&1 | grep -v dangling"), "");
        snprintf(command, sizeof command,
                 "cd r && git ls-files -u | grep -q . || { cp .git/index kept;"
                 "GIT_INDEX_FILE=kept git write-tree >one; rm kept;"
                 "git ls-files -s | GIT_INDEX_FILE=new git update-index --index-info;"
                 "GIT_INDEX_FILE=new git write-tree >two; cmp one two; rm new one two; } 2>&1");
        if (strstr(rows[i].how, "add -N") == NULL)
            CHECK_TEXT(shell(command), "");
        close(git_dir);
        close(work_dir);
    }
}

/* What differs between the last commit and the index, as `git diff-index --cached` has it. */
static const char *differs(const struct index_list *list, const struct oid *tree, struct odb *odb)
{
    static char text[1024];
    struct tree_diff diff;
    size_t used = 0;
    *text = '\0';
    CHECK(tree_diff_index(odb, tree, list, &diff, &fault) == 0, "%s", fault.text);
    for (size_t i = 0; i < diff.count; i++)
        used += (size_t)snprintf(text + used, sizeof text - used, "%06o %06o %s\n",
                                 (unsigned)diff.changes[i].old_mode,
                                 (unsigned)diff.changes[i].new_mode, diff.changes[i].path);
    tree_diff_free(&diff);
    return text;
}

/* An extension that says of a directory what is not so can only be believed where it fits. */
static void lies(void)
{
    struct oid tree;
    shell(
        "mkdir l && cd l && git init -q && mkdir a b && echo 1 >a/1 && echo 2 >b/2 && git add . &&"
        "git -c user.name=n -c user.email=e commit -q -m one && echo 3 >>b/2 && git add b/2");
    int git_dir = fs_open_dir(AT_FDCWD, "l/.git", &fault);
    struct odb *odb = odb_open(git_dir, &hash_sha1, 1 << 20, &fault);
    struct index_list list = read_index(git_dir);
    CHECK(oid_parse(shell("git -C l rev-parse HEAD^{tree}"), 40, &tree) == 0, "no tree");
    CHECK_TEXT(differs(&list, &tree, odb), "100644 100644 b/2\n");
    CHECK(*known(&list.trees, "a/"), "a/ is not known");
    for (size_t i = 0; i < list.trees.count; i++)
        list.trees.trees[i].files++;
    CHECK_TEXT(differs(&list, &tree, odb), "100644 100644 b/2\n");
    tree_cache_free(&list.trees);
    CHECK_TEXT(differs(&list, &tree, odb), "100644 100644 b/2\n");
    CHECK_TEXT(shell("cd l && git rm -q --cached a/1 && mkdir b.c && echo >b.c/n && git add b.c"),
               "");
    index_list_free(&list);
    list = read_index(git_dir);
    CHECK_TEXT(differs(&list, &tree, odb),
               "100644 000000 a/1\n000000 100644 b.c/n\n100644 100644 b/2\n");
    index_list_free(&list);
    odb_close(odb);
    close(git_dir);
}

int main(void)
{
    scratch_open();
    fault_clear(&fault);
    tables();
    long_paths();
    beside_git();
    lies();
    scratch_close();
    return T_DONE();
}
