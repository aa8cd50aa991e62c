/* SPDX-License-Identifier: MIT */
#include "system/fs.h"

#include "scratch.h"

#include <sys/resource.h>

static struct fault fault;

static void whole_files(void)
{
    char *text;
    size_t size;
    fault_clear(&fault);
    CHECK(fs_write(AT_FDCWD, "new", "abc", 3, true, &fault) == 0, "%s", fault.text);
    CHECK_TEXT(file_text("new"), "abc");
    CHECK(mkdir("dir", 0777) == 0 && fs_write(AT_FDCWD, "dir/new", "", 0, true, &fault) == 0, "%s",
          fault.text);
    CHECK(!is_there("new.lock") && !is_there("dir/new.lock"), "the lock stays");
    CHECK(fs_read(AT_FDCWD, "new", 3, true, &text, &size, &fault) == 0 && size == 3, "%s",
          fault.text);
    CHECK(text && strcmp(text, "abc") == 0, "no NUL behind");
    free(text);
    CHECK(fs_read(AT_FDCWD, "none", 3, true, &text, &size, &fault) == 0 && text == NULL, "%s",
          fault.text);
}

static void refused(void)
{
    static const struct {
        const char *why, *path;
        bool nofollow;
        enum fault_class class;
        const char *sentence;
    } rows[] = {
        {"too large", "big", true, FAULT_LIMIT, "'big' has more than 3 bytes"},
        {"a directory", "dir", true, FAULT_LOCAL, "'dir' is no regular file"},
        {"a link", "link", true, FAULT_LOCAL, "cannot open 'link'"},
        {"a pipe does not hang", "pipe", false, FAULT_LOCAL, "'pipe' is no regular file"},
        {"a file as directory", "big/x", true, FAULT_LOCAL, "cannot open 'big/x'"},
    };
    char *text;
    size_t size;
    file_make("big", "1234");
    CHECK(symlink("new", "link") == 0 && mkfifo("pipe", 0600) == 0, "no link or pipe");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        fault_clear(&fault);
        int rc = fs_read(AT_FDCWD, rows[i].path, 3, rows[i].nofollow, &text, &size, &fault);
        CHECK(rc < 0 && fault.class == rows[i].class && text == NULL, "%s: %d", rows[i].why,
              (int)fault.class);
        CHECK(strstr(fault.text, rows[i].sentence) != NULL, "%s: %s", rows[i].why, fault.text);
    }
    fault_clear(&fault);
    CHECK(fs_read(AT_FDCWD, "link", 3, false, &text, &size, &fault) == 0 && size == 3, "%s",
          fault.text);
    free(text);
}

static void locks(void)
{
    fault_clear(&fault);
    file_make("new.lock", "another's");
    CHECK(fs_write(AT_FDCWD, "new", "x", 1, false, &fault) < 0, "went through a lock");
    CHECK(strstr(fault.text, "'new.lock' exists") != NULL, "%s", fault.text);
    CHECK_TEXT(file_text("new"), "abc");
    CHECK_TEXT(file_text("new.lock"), "another's");
    unlink("new.lock");
    CHECK(symlink("victim", "new.lock") == 0, "no link");
    fault_clear(&fault);
    CHECK(fs_write(AT_FDCWD, "new", "x", 1, false, &fault) < 0 && !is_there("victim"),
          "P5: wrote through a link");
    unlink("new.lock");
    fault_clear(&fault);
    CHECK(fs_write(AT_FDCWD, "dir", "x", 1, false, &fault) < 0 && !is_there("dir.lock"),
          "a lock that stays after a failure: %s", fault.text);
    CHECK(strstr(fault.text, "cannot rename to 'dir'") != NULL, "%s", fault.text);
}

static void at_offsets(void)
{
    char got[4] = "";
    int fd = open("big", O_RDONLY);
    fault_clear(&fault);
    CHECK(fs_pread(fd, got, 2, 1, "big", &fault) == 0 && memcmp(got, "23", 2) == 0, "%s", got);
    CHECK(fs_pread(fd, got, 2, 3, "big", &fault) < 0 && fault.class == FAULT_PROTOCOL, "%s",
          fault.text);
    CHECK(strstr(fault.text, "'big' ends too early") != NULL, "%s", fault.text);
    fault_clear(&fault);
    CHECK(fs_put(fd, "x", 1, "big", &fault) < 0 && fault.class == FAULT_LOCAL, "wrote to a reader");
    CHECK(strstr(fault.text, "cannot write 'big'") != NULL, "%s", fault.text);
    close(fd);
}

static void directories(void)
{
    fault_clear(&fault);
    CHECK(fs_make_dirs(AT_FDCWD, "a/b/c", &fault) == 0 && is_there("a/b/c"), "%s", fault.text);
    CHECK(fs_make_dirs(AT_FDCWD, "a/b/c", &fault) == 0, "again: %s", fault.text);
    CHECK(fs_make_dirs(AT_FDCWD, "big/c", &fault) < 0, "below a file");
    CHECK(fs_dir_empty(AT_FDCWD, "a/b/c") && !fs_dir_empty(AT_FDCWD, "a/b"), "emptiness");
    CHECK(!fs_dir_empty(AT_FDCWD, "big") && !fs_dir_empty(AT_FDCWD, "none"), "not directories");
    fault_clear(&fault);
    CHECK(fs_open_dir(AT_FDCWD, "big", &fault) < 0, "a file as directory");
    CHECK(fs_sync_dir(AT_FDCWD, "none", &fault) < 0, "synced nothing");
    int fd = fs_open_dir(AT_FDCWD, ".", &fault);
    fault_clear(&fault);
    CHECK(fs_sync_tree(fd, &fault) == 0, "%s", fault.text);
    close(fd);
    fd = fs_scratch(AT_FDCWD, &fault);
    CHECK(fd >= 0 && fs_put(fd, "x", 1, "scratch", &fault) == 0, "%s", fault.text);
    close(fd);
}

/* Deeper than there are descriptors: P7 allows 2048 directories below each other. */
static void removal(void)
{
    enum { DEPTH = 2048 };
    struct rlimit limit = {200, 200};
    fault_clear(&fault);
    file_make("outside", "keep");
    CHECK(mkdir("deep", 0777) == 0 && symlink("../outside", "deep/link") == 0 &&
              symlink("..", "deep/up") == 0,
          "no links");
    int at = fs_open_dir(AT_FDCWD, "deep", &fault);
    for (int i = 0; i < DEPTH && at >= 0; i++) {
        int next;
        if (mkdirat(at, "deep-0", 0777) < 0 || mkdirat(at, "b", 0777) < 0)
            break;
        next = fs_open_dir(at, "deep-0", &fault);
        close(at);
        at = next;
    }
    close(at);
    setrlimit(RLIMIT_NOFILE, &limit);
    CHECK(fs_remove(AT_FDCWD, "deep", &fault) == 0 && !is_there("deep"), "%s", fault.text);
    CHECK_TEXT(file_text("outside"), "keep");
    CHECK(fs_remove(AT_FDCWD, "deep", &fault) == 0, "missing is fine: %s", fault.text);
    CHECK(symlink("a", "to-dir") == 0 && fs_remove(AT_FDCWD, "to-dir", &fault) == 0, "%s",
          fault.text);
    CHECK(is_there("a/b/c") && !is_there("to-dir"), "P4: followed a link");
    CHECK(fs_remove(AT_FDCWD, "outside", &fault) == 0 && !is_there("outside"), "%s", fault.text);
}

int main(void)
{
    scratch_open();
    whole_files();
    refused();
    locks();
    at_offsets();
    directories();
    removal();
    scratch_close();
    return T_DONE();
}
