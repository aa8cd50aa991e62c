/* SPDX-License-Identifier: MIT */
/* Staging and publishing, and what a dead run has left. A run that dies is a child that exits
 * without closing anything. */
#include "repo/staging.h"

#include "repo/abandoned.h"
#include "scratch.h"

#include <sys/wait.h>

static struct fault fault;
static struct staging stage;

/* What a clone does, with two files and a directory. */
static int fill(bool bare)
{
    if (staging_skeleton(&stage) < 0 ||
        fs_write(stage.git_dir, "HEAD", "ref: refs/heads/main\n", 21, false, &fault) < 0)
        return -1;
    if (bare)
        return 0;
    if (fs_write(stage.work_dir, "file", "text", 4, false, &fault) < 0 ||
        fs_make_dirs(stage.work_dir, "sub/dir", &fault) < 0)
        return -1;
    return fs_write(stage.work_dir, "sub/dir/other", "more", 4, false, &fault);
}

static int make(const char *target, bool bare)
{
    fault_clear(&fault);
    int rc = staging_open(&stage, target, bare, &fault);
    if (rc == 0)
        rc = fill(bare);
    if (rc == 0)
        rc = staging_publish(&stage, true);
    staging_close(&stage);
    return rc;
}

/* How many names below PATH are of staging. */
static int stagings(const char *path)
{
    char command[256];
    snprintf(command, sizeof command, "find %s -name '*smidgit-*' 2>&1 | grep -c .", path);
    return atoi(shell(command));
}

static void check_whole(const char *target, bool bare)
{
    char command[256];
    CHECK(fault.class == FAULT_NONE, "%s: %s", target, fault.text);
    snprintf(command, sizeof command, "git -C %s rev-parse --is-bare-repository 2>&1", target);
    if (bare)
        CHECK_TEXT(shell(command), "true");
    snprintf(command, sizeof command, "git -C %s symbolic-ref HEAD 2>&1", target);
    CHECK_TEXT(shell(command), "refs/heads/main");
    snprintf(command, sizeof command, "%s/sub/dir/other", target);
    if (!bare)
        CHECK_TEXT(file_text(command), "more");
    CHECK(stagings(target) == 0, "%s: staging is left", target);
}

static void targets(void)
{
    static const struct {
        const char *before, *target, *made;
        bool bare;
    } rows[] = {
        {"true", "fresh", "fresh", false},
        {"true", "fresh.git", "fresh.git", true},
        {"true", "slashes//", "slashes", false},
        {"true", "dots/./", "dots", false},
        {"true", "way/to/it", "way/to/it", false},
        {"true", "way//two", "way/two", false},
        {"mkdir empty", "empty", "empty", false},
        {"mkdir empty.git", "empty.git", "empty.git", true},
        {"mkdir behind; ln -s behind link", "link", "behind", false},
        {"mkdir behind2; ln -s behind2 link2", "link2/", "behind2", false},
        {"true", "-dash", "./-dash", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        shell(rows[i].before);
        CHECK(make(rows[i].target, rows[i].bare) == 0, "%s: %s", rows[i].target, fault.text);
        check_whole(rows[i].made, rows[i].bare);
    }
    CHECK(stagings(".") == 0, "staging is left: %s", shell("find . -name '*smidgit-*'"));
    CHECK(mkdir("here", 0777) == 0 && chdir("here") == 0 && make(".", false) == 0, "%s",
          fault.text);
    CHECK(chdir("..") == 0, "..");
    check_whole("here", false);
    char longest[256], path[300];
    memset(longest, 'n', 255);
    longest[255] = '\0';
    CHECK(make(longest, false) == 0, "255 bytes: %s", fault.text);
    snprintf(path, sizeof path, "%s/.git/HEAD", longest);
    CHECK(is_there(path) && stagings(".") == 0, "255 bytes");
}

static void as_git_init(void)
{
    CHECK_TEXT(file_text("fresh/.git/description"),
               "Unnamed repository; edit this file 'description' to name the repository.\n");
    shell("git init -q theirs && cat theirs/.git/info/exclude >exclude");
    CHECK(strcmp(shell("cmp exclude fresh/.git/info/exclude 2>&1"), "") == 0, "%s",
          file_text("fresh/.git/info/exclude"));
    CHECK_TEXT(shell("stat -c %a fresh empty fresh/.git way/to | tr '\\n' ' '"),
               "755 755 755 755 ");
    CHECK(is_there("fresh/.git/objects/pack") && is_there("fresh/.git/refs/tags"), "skeleton");
    CHECK_TEXT(shell("ls -A fresh/.git/hooks"), "");
    CHECK(!stage.file_system.no_modes && !stage.file_system.no_symlinks &&
              !stage.file_system.folds_case,
          "P17: this file system has modes, symlinks and two cases of letters");
}

static void refused(void)
{
    static const struct {
        const char *why, *before, *target, *sentence, *as_it_was;
    } rows[] = {
        {"P14: a full directory", "mkdir full; echo keep >full/x", "full",
         "destination path 'full' already exists and is not an empty directory.",
         "test \"$(ls -A full)\" = x"},
        {"P14: a file", "echo keep >plain", "plain", "already exists and is not",
         "grep -q keep plain"},
        {"P14: a link to a full one", "ln -s full tofull", "tofull", "already exists and is not",
         "test \"$(ls -A full)\" = x"},
        {"P14: a link to nothing", "ln -s nothing dangling", "dangling", "already exists",
         "test -L dangling -a ! -e nothing"},
        {"P14: ..", "true", "gone/..", "is no name for a directory", "test ! -e gone"},
        {"below a file", "true", "plain/x", "cannot look at 'plain/x'", "grep -q keep plain"},
        {"a name over 255 bytes", "true",
         "n123456789n123456789n123456789n123456789n123456789n123456789n123456789n123456789"
         "n123456789n123456789n123456789n123456789n123456789n123456789n123456789n123456789"
         "n123456789n123456789n123456789n123456789n123456789n123456789n123456789n123456789"
         "n123456789n123456789",
         "cannot look at", "true"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char command[256];
        shell(rows[i].before);
        CHECK(make(rows[i].target, false) < 0, "%s: taken", rows[i].why);
        CHECK(fault.class == FAULT_LOCAL && strstr(fault.text, rows[i].sentence), "%s: %s",
              rows[i].why, fault.text);
        snprintf(command, sizeof command, "{ %s; } && echo yes", rows[i].as_it_was);
        CHECK(strcmp(shell(command), "yes") == 0, "%s: not as it was", rows[i].why);
    }
    CHECK(stagings(".") == 0, "staging is left");
}

/* A run that fails takes away what it made. */
static void gives_up(void)
{
    fault_clear(&fault);
    CHECK(staging_open(&stage, "new/parents/x", false, &fault) == 0 && fill(false) == 0, "%s",
          fault.text);
    staging_close(&stage);
    CHECK(!is_there("new"), "parents stay");
    CHECK(mkdir("hollow", 0777) == 0 && staging_open(&stage, "hollow", true, &fault) == 0, "%s",
          fault.text);
    staging_close(&stage);
    CHECK(fs_dir_empty(AT_FDCWD, "hollow"), "staging stays");
}

/* Somebody puts a file into the target meanwhile. */
static void appeared(void)
{
    fault_clear(&fault);
    CHECK(mkdir("race", 0777) == 0 && staging_open(&stage, "race", false, &fault) == 0 &&
              fill(false) == 0,
          "%s", fault.text);
    file_make("race/sub", "theirs");
    CHECK(staging_publish(&stage, true) < 0, "published over a file");
    CHECK(strstr(fault.text, "'sub' has appeared in the target") != NULL, "%s", fault.text);
    staging_close(&stage);
    CHECK_TEXT(shell("ls -A race"), "sub");
    CHECK_TEXT(file_text("race/sub"), "theirs");
    fault_clear(&fault);
    CHECK(staging_open(&stage, "race2", false, &fault) == 0 && fill(false) == 0, "%s", fault.text);
    shell("mkdir race2; echo theirs >race2/x");
    CHECK(staging_publish(&stage, true) < 0, "published over a directory");
    CHECK(strstr(fault.text, "cannot publish 'race2'") != NULL, "%s", fault.text);
    staging_close(&stage);
    CHECK_TEXT(shell("ls -A race2"), "x");
}

/* How far the child comes before it dies. */
enum point { OPENED, FILLED, RECORDED, MOVED, PUBLISHED };

static void die(const char *target, bool bare, enum point point)
{
    const char *last = bare ? "HEAD" : ".git";
    if (staging_open(&stage, target, bare, &fault) < 0)
        _exit(1);
    if (point >= FILLED && fill(bare) < 0)
        _exit(1);
    if (point >= RECORDED && abandoned_record(stage.stage, &fault) < 0)
        _exit(1);
    if (point >= MOVED && abandoned_move_others(stage.stage, stage.parent, last, &fault) < 0)
        _exit(1);
    if (point >= PUBLISHED && abandoned_move_last(stage.stage, stage.parent, last, &fault) < 0)
        _exit(1);
    _exit(0);
}

static void die_and_wait(const char *target, bool bare, enum point point)
{
    int status = -1;
    fflush(stdout);
    pid_t child = fork();
    if (child == 0)
        die(target, bare, point);
    waitpid(child, &status, 0);
    CHECK(status == 0, "%s: the child failed at %d", target, (int)point);
}

static void dead_runs(void)
{
    for (int bare = 0; bare < 2; bare++) {
        for (enum point point = OPENED; point <= FILLED; point++) {
            die_and_wait("dead/new", bare, point);
            CHECK(!is_there("dead/new") && stagings("dead") > 0, "nothing was left to test");
            CHECK(make("dead/new", bare) == 0, "%d: %s", (int)point, fault.text);
            check_whole("dead/new", bare);
            CHECK(stagings("dead") == 0, "%d: staging is left", (int)point);
            shell("rm -r dead");
        }
        for (enum point point = OPENED; point <= MOVED; point++) {
            CHECK(mkdir("dead", 0777) == 0, "mkdir");
            die_and_wait("dead", bare, point);
            CHECK(!is_there("dead/.git") && !is_there("dead/HEAD"), "half is taken for whole");
            CHECK(stagings("dead") == 1, "nothing was left to test");
            CHECK(make("dead", bare) == 0, "%d: %s", (int)point, fault.text);
            check_whole("dead", bare);
            shell("rm -r dead");
        }
        CHECK(mkdir("dead", 0777) == 0, "mkdir");
        die_and_wait("dead", bare, PUBLISHED);
        CHECK(make("dead", bare) < 0 && strstr(fault.text, "already exists"), "%s", fault.text);
        CHECK(stagings("dead") == 1, "a refused run removes");
        shell("rm -r dead/.git.smidgit-*");
        fault_clear(&fault);
        check_whole("dead", bare);
        shell("rm -r dead");
    }
}

/* The target has come to be since a run for it died: staging beside it goes all the same. */
static void dead_beside(void)
{
    die_and_wait("later", false, FILLED);
    CHECK(mkdir("later", 0777) == 0 && make("later", false) == 0, "%s", fault.text);
    check_whole("later", false);
    CHECK(stagings(".") == 0, "%s", shell("find . -name '*smidgit-*'"));
}

/* A run that lives keeps what is its own, whoever comes by. */
static void live_runs(void)
{
    int ready[2], done[2], status;
    char byte = 0;
    CHECK(pipe(ready) == 0 && pipe(done) == 0 && mkdir("busy", 0777) == 0, "pipes");
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        if (staging_open(&stage, "side", false, &fault) < 0 || fill(false) < 0 ||
            write(ready[1], "x", 1) != 1 || read(done[0], &byte, 1) != 1)
            _exit(1);
        int rc = staging_publish(&stage, false);
        staging_close(&stage);
        _exit(rc < 0);
    }
    CHECK(read(ready[0], &byte, 1) == 1, "no child");
    fault_clear(&fault);
    CHECK(staging_open(&stage, "side", false, &fault) == 0 && fill(false) == 0, "%s", fault.text);
    CHECK(stagings(".") == 2, "one of two side by side is gone");
    CHECK(write(done[1], "x", 1) == 1 && waitpid(child, &status, 0) == child && status == 0,
          "the first one failed");
    CHECK(staging_publish(&stage, false) < 0, "published over the other one");
    staging_close(&stage);
    fault_clear(&fault);
    check_whole("side", false);
    CHECK(stagings(".") == 0, "staging is left");
}

/* In an existing directory the second one waits for nothing and touches nothing. */
static void live_inside(void)
{
    int status;
    fault_clear(&fault);
    CHECK(staging_open(&stage, "busy", false, &fault) == 0 && fill(false) == 0, "%s", fault.text);
    fflush(stdout);
    pid_t child = fork();
    if (child == 0)
        _exit(make("busy", false) < 0 && strstr(fault.text, "already exists") ? 0 : 1);
    CHECK(waitpid(child, &status, 0) == child && status == 0, "two in one directory");
    CHECK(staging_publish(&stage, false) == 0, "%s", fault.text);
    staging_close(&stage);
    check_whole("busy", false);
}

int main(void)
{
    scratch_open();
    targets();
    as_git_init();
    refused();
    gives_up();
    appeared();
    dead_runs();
    dead_beside();
    live_runs();
    live_inside();
    scratch_close();
    return T_DONE();
}
