/* SPDX-License-Identifier: MIT */
/* The index: what is written is read by stock git, what stock git writes is read here, and damage
 * of every kind is refused (K9, P15). */
#include "worktree/index.h"

#include "scratch.h"

static struct fault fault;

/* One index in memory, in a block of exactly its size so that a read behind it is found. */
struct image {
    unsigned char *bytes;
    size_t size;
};

struct seen {
    char text[4096];
    unsigned count;
};

static int see(void *context, const struct index_entry *entry)
{
    struct seen *seen = context;
    size_t used = strlen(seen->text);
    if (used + entry->path_len + 16 < sizeof seen->text)
        snprintf(seen->text + used, sizeof seen->text - used, "%o:%.*s ", (unsigned)entry->mode,
                 (int)entry->path_len, entry->path);
    seen->count++;
    return 0;
}

static struct image load(const char *path)
{
    struct image image = {NULL, 0};
    char *text;
    if (fs_read(AT_FDCWD, path, 1 << 24, true, &text, &image.size, &fault) < 0 || text == NULL)
        exit(2);
    image.bytes = malloc(image.size);
    memcpy(image.bytes, text, image.size);
    free(text);
    return image;
}

/* Puts the right hash behind what was changed: the reader has to see the change itself. */
static void seal(struct image *image)
{
    union hash hash;
    struct oid oid;
    hash_sha1.begin(&hash);
    hash_sha1.add(&hash, image->bytes, image->size - 20);
    hash_sha1.end(&hash, &oid);
    memcpy(image->bytes + image->size - 20, oid.id, 20);
}

static int read_image(const struct image *image, struct seen *seen)
{
    fault_clear(&fault);
    *seen = (struct seen){.count = 0};
    return index_read(image->bytes, image->size, &hash_sha1, see, seen, NULL, &fault);
}

static struct index_entry make_entry(const char *path, uint32_t mode)
{
    struct index_entry entry = {.mode = mode, .path = path, .path_len = strlen(path)};
    oid_parse("e69de29bb2d1d6434b8b29ae775ad8c2e48c5391", 40, &entry.oid);
    return entry;
}

static struct index_writer *write_open(int git_dir, const struct hash_ops *hash, size_t count)
{
    static struct index_write_options options;
    options = (struct index_write_options){
        .git_dir = git_dir, .name = "index", .hash = hash, .version = 2, .count = (uint32_t)count};
    return index_write_open(&options, &fault);
}

static struct image make_image(const char *const *paths, size_t count)
{
    fault_clear(&fault);
    struct index_writer *writer = write_open(AT_FDCWD, &hash_sha1, count);
    for (size_t i = 0; i < count; i++) {
        struct index_entry entry = make_entry(paths[i], 0100644);
        CHECK(index_write_entry(writer, &entry) == 0, "%s", fault.text);
    }
    CHECK(index_write_close(writer) == 0, "%s", fault.text);
    return load("index");
}

static const char *const plain[] = {"a", "b", "dir.x", "dir/one", "dir/two", "dir0", "z\xc3\xbc"};

static void written(void)
{
    static char longest[4096];
    memset(longest, 'n', 4095);
    for (size_t i = 200; i < 4095; i += 200)
        longest[i] = '/';
    const char *paths[] = {"12",      "123",      "1234", "12345", "123456",
                           "1234567", "12345678", "23",   longest};
    struct seen seen;
    shell("git init -q repo");
    struct image image = make_image(paths, sizeof paths / sizeof *paths);
    CHECK(read_image(&image, &seen) == 0 && seen.count == 9, "%s", fault.text);
    CHECK_TEXT(shell("mv index repo/.git/ && git -C repo ls-files --stage | wc -l | tr -d ' '"),
               "9");
    CHECK_TEXT(shell("git -C repo ls-files | tail -n 1"), longest);
    free(image.bytes);
    image = make_image(NULL, 0);
    CHECK(read_image(&image, &seen) == 0 && seen.count == 0, "%s", fault.text);
    free(image.bytes);
    CHECK(!is_there("index.lock"), "the lock stays");
}

static void stat_fields(void)
{
    struct stat st;
    struct index_entry entry = make_entry("file", 0100644);
    shell("git init -q stat && : >stat/file");
    CHECK(stat("stat/file", &st) == 0, "stat");
    index_entry_stat(&entry, &st);
    int git = fs_open_dir(AT_FDCWD, "stat/.git", &fault);
    struct index_writer *writer = write_open(git, &hash_sha1, 1);
    CHECK(index_write_entry(writer, &entry) == 0 && index_write_close(writer) == 0, "%s",
          fault.text);
    close(git);
    CHECK_TEXT(shell("git -C stat diff-files --name-only; git -C stat ls-files --debug | "
                     "grep -c -e mtime -e ctime"),
               "2");
    struct image image = load("stat/.git/index");
    struct seen seen;
    CHECK(read_image(&image, &seen) == 0, "%s", fault.text);
    CHECK_TEXT(seen.text, "100644:file ");
    free(image.bytes);
}

static void locked(void)
{
    file_make("index.lock", "another's");
    fault_clear(&fault);
    CHECK(write_open(AT_FDCWD, &hash_sha1, 0) == NULL, "went through a lock");
    CHECK(fault.class == FAULT_LOCAL && strstr(fault.text, "index.lock"), "%s", fault.text);
    CHECK_TEXT(file_text("index.lock"), "another's");
    unlink("index.lock");
    fault_clear(&fault);
    index_write_abort(write_open(AT_FDCWD, &hash_sha1, 1));
    index_write_abort(NULL);
    CHECK(!is_there("index.lock"), "the lock stays");
}

static void from_git(void)
{
    static const struct {
        const char *how, *seen;
    } rows[] = {
        {"git init -q g; cd g; mkdir d; echo a >a; echo b >d/b; chmod +x d/b; ln -s a l;"
         "git add . && git update-index --add --cacheinfo"
         " 160000,1111111111111111111111111111111111111111,m",
         "100644:a 100755:d/b 120000:l 160000:m "},
        {"cd g; git -c user.name=t -c user.email=t commit -q -m x && git status",
         "100644:a 100755:d/b 120000:l 160000:m "}, /* with the TREE extension */
        {"cd g; echo n >n; git add -N n", "100644:a 100755:d/b 120000:l 160000:m 100644:n "},
        {"cd g; rm n; git reset -q; b=$(git hash-object -w a); printf '0 %s\\tn\\n' $b |"
         "sed 's/^0/0 0000000000000000000000000000000000000000 0/' >/dev/null;"
         "printf '100644 %s 1\\tc\\n100644 %s 2\\tc\\n100644 %s 3\\tc\\n' $b $b $b |"
         "git update-index --index-info",
         "100644:a 100644:c 100644:c 100644:c 100755:d/b 120000:l 160000:m "},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char command[1024];
        struct seen seen;
        snprintf(command, sizeof command, "{ %s; } >log 2>&1", rows[i].how);
        shell(command);
        struct image image = load("g/.git/index");
        CHECK(read_image(&image, &seen) == 0, "row %zu: %s", i, fault.text);
        CHECK_TEXT(seen.text, rows[i].seen);
        free(image.bytes);
    }
}

/* What is done to a good index of `plain`; the hash is made anew but for HASH. */
struct damage {
    const char *why;
    size_t at;         /* byte */
    const char *bytes; /* put there */
    size_t size;
    const char *sentence;
};

static void damaged(void)
{
    /* Entries are at 12, 76 and 140; in the first the id is at 52, the flags at 72, the path at 74.
     */
    static const struct damage rows[] = {
#define ROW(why, at, bytes, sentence) {"K9: " why, at, bytes, sizeof bytes - 1, sentence}
        ROW("magic", 0, "X", "index: byte 0: no index"),
        ROW("version 1", 7, "\1", "version 1, 2 to 4 expected"),
        ROW("version 5", 7, "\5", "2 to 4 expected"),
        ROW("one entry more", 11, "\10", "is cut"),
        ROW("2^32-1 entries", 8, "\377\377\377\377", "is cut"),
        ROW("one entry less", 11, "\6", "an extension"),
        ROW("a directory's mode", 36, "\0\0\100\000", "a mode that is not that of"),
        ROW("P9: setuid", 36, "\0\0\211\244", "a mode that is not that of"),
        ROW("extended in version 2", 72, "\100\1", "an extended entry in version 2"),
        ROW("name length too large", 73, "\2", "a path of another length than its flags say"),
        ROW("name length too small", 73, "\0", "a path of another length than its flags say"),
        ROW("name length said to be long", 72, "\17\377", "a path of another length than"),
        ROW("padding", 208, "x", "padding that is not NUL"),
        ROW("P2: an empty path", 73, "\0\0", "an empty name"),
        ROW("not sorted", 74, "c", "index: byte 76: not sorted"),
        ROW("twice", 74, "b", "index: byte 76: the path occurs twice"),
#undef ROW
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct image image = make_image(plain, sizeof plain / sizeof *plain);
        struct seen seen;
        memcpy(image.bytes + rows[i].at, rows[i].bytes, rows[i].size);
        seal(&image);
        CHECK(read_image(&image, &seen) < 0, "%s: taken", rows[i].why);
        CHECK(fault.class == FAULT_PROTOCOL && strstr(fault.text, rows[i].sentence), "%s: %s",
              rows[i].why, fault.text);
        free(image.bytes);
    }
}

static void refused_paths(void)
{
    static char deep[4200];
    memset(deep, 'x', 4096);
    for (size_t i = 200; i < 4096; i += 200)
        deep[i] = '/';
    static char name[257];
    memset(name, 'x', 256);
    static const struct {
        const char *why, *paths[3], *sentence;
    } rows[] = {
        {"P1: .git", {"a", ".GIT/config", NULL}, "take for '.git'"},
        {"P1: git~1", {"a", "x/git~1", NULL}, "take for '.git'"},
        {"P2: ..", {"../x", NULL, NULL}, "'.' or '..' as a name"},
        {"P2: . inside", {"x/./y", NULL, NULL}, "'.' or '..' as a name"},
        {"P2: from the root", {"/x", NULL, NULL}, "an empty name"},
        {"P2: //", {"x//y", NULL, NULL}, "an empty name"},
        {"P2: ends in /", {"x/", NULL, NULL}, "an empty name"},
        {"P7: 256 bytes", {name, NULL, NULL}, "a name of over 255 bytes"},
        {"P7: 4096 bytes", {deep, NULL, NULL}, "a path of over 4095 bytes"},
        {"P15: file and directory", {"a", "a/b", NULL}, "a file and a directory of one name"},
        {"not sorted", {"b", "a", NULL}, "not sorted"},
        {"twice", {"a", "a", NULL}, "the path occurs twice"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        size_t count = 0;
        struct seen seen;
        while (count < 3 && rows[i].paths[count])
            count++;
        struct image image = make_image(rows[i].paths, count);
        CHECK(read_image(&image, &seen) < 0, "%s: taken", rows[i].why);
        CHECK(fault.class == FAULT_PROTOCOL && strstr(fault.text, rows[i].sentence), "%s: %s",
              rows[i].why, fault.text);
        free(image.bytes);
    }
}

/* Sides of a merge, which the writer never writes: at 72 are the flags of "a", at 136 of "b". */
static void merges(void)
{
    static const struct {
        unsigned char first, second;
        bool fine;
    } rows[] = {{1, 2, true}, {1, 3, true}, {2, 1, false}, {1, 1, false}, {0, 1, false}};
    static const char *const paths[] = {"a", "b"};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct image image = make_image(paths, 2);
        struct seen seen;
        image.bytes[12 + 64 + 62] = 'a';
        image.bytes[12 + 60] = (unsigned char)(rows[i].first << 4);
        image.bytes[12 + 64 + 60] = (unsigned char)(rows[i].second << 4);
        seal(&image);
        CHECK((read_image(&image, &seen) == 0) == rows[i].fine, "%d %d: %s", rows[i].first,
              rows[i].second, fault.text);
        free(image.bytes);
    }
}

static void extensions(void)
{
    static const struct {
        const char *why, *bytes;
        size_t size;
        const char *sentence; /* NULL: fine */
    } rows[] = {
#define ROW(why, bytes, sentence) {why, bytes, sizeof bytes - 1, sentence}
        ROW("an empty one", "TREE\0\0\0\0", NULL),
        ROW("unknown, may be passed over", "XYZW\0\0\0\3abc", NULL),
        ROW("two", "TREE\0\0\0\1aREUC\0\0\0\0", NULL),
        ROW("K9: a split index", "link\0\0\0\0", "a split index, which smidgit does not have"),
        ROW("K9: size behind the end", "TREE\0\0\0\1", "an extension is cut"),
        ROW("K9: 2^32-1 bytes", "TREE\377\377\377\377", "an extension is cut"),
        ROW("K9: seven bytes", "TREE\0\0\0", "an extension is cut"),
#undef ROW
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct image image = make_image(plain, 2);
        struct seen seen;
        image.bytes = realloc(image.bytes, image.size + rows[i].size);
        memcpy(image.bytes + image.size - 20, rows[i].bytes, rows[i].size);
        image.size += rows[i].size;
        seal(&image);
        int rc = read_image(&image, &seen);
        CHECK(rc == (rows[i].sentence ? -1 : 0), "%s: %s", rows[i].why, fault.text);
        CHECK(rc == 0 || strstr(fault.text, rows[i].sentence), "%s: %s", rows[i].why, fault.text);
        free(image.bytes);
    }
}

/* Cut anywhere, with a hash that fits and with one that does not; one bit wrong anywhere. */
static void cuts(void)
{
    struct image whole = make_image(plain, sizeof plain / sizeof *plain);
    struct seen seen;
    for (size_t size = 0; size < whole.size; size++) {
        struct image image = {malloc(size + !size), size};
        memcpy(image.bytes, whole.bytes, size);
        CHECK(read_image(&image, &seen) < 0, "cut at %zu: taken", size);
        if (size >= 20) {
            seal(&image);
            CHECK(read_image(&image, &seen) < 0, "cut at %zu, hashed: taken", size);
        }
        free(image.bytes);
    }
    for (size_t at = 0; at < whole.size; at++) {
        whole.bytes[at] ^= 1;
        CHECK(read_image(&whole, &seen) < 0, "a bit at %zu: taken", at);
        whole.bytes[at] ^= 1;
    }
    CHECK(read_image(&whole, &seen) == 0, "%s", fault.text);
    free(whole.bytes);
}

static void sha256(void)
{
    struct index_entry entry = {.mode = 0100644, .path = "a", .path_len = 1, .oid.len = 32};
    struct seen seen = {.count = 0};
    fault_clear(&fault);
    struct index_writer *writer = write_open(AT_FDCWD, &hash_sha256, 1);
    CHECK(index_write_entry(writer, &entry) == 0 && index_write_close(writer) == 0, "%s",
          fault.text);
    struct image image = load("index");
    CHECK(index_read(image.bytes, image.size, &hash_sha256, see, &seen, NULL, &fault) == 0, "%s",
          fault.text);
    CHECK_TEXT(seen.text, "100644:a ");
    CHECK_TEXT(shell("git init -q --object-format=sha256 s && mv index s/.git/ && "
                     "git -C s ls-files"),
               "a");
    free(image.bytes);
}

int main(void)
{
    scratch_open();
    written();
    stat_fields();
    locked();
    from_git();
    damaged();
    refused_paths();
    merges();
    extensions();
    cuts();
    sha256();
    scratch_close();
    return T_DONE();
}
