/* SPDX-License-Identifier: MIT */
/* P16: which directories are removed as left-overs of a dead run, and which files as moved by one.
 * Every combination of name, mode, owner, marker, content and lock; a record cut and changed at any
 * byte. */
#include "repo/abandoned.h"

#include "repo/staging.h"
#include "scratch.h"

#include <sys/wait.h>

static struct fault fault;
static struct staging stage;

enum marker { NONE, EMPTY, TEXT, LINK, TWO_LINKS, DIRECTORY, FIFO, MARKERS };
enum content { NOTHING, A_FILE, A_TREE, CONTENTS };

struct row {
    const char *suffix;
    bool exact, other, held, inside;
    mode_t mode;
    enum marker marker;
    enum content content;
};

static int make_marker(int at, enum marker marker)
{
    int fd = openat(at, "../victim", O_RDWR | O_CREAT, 0600), rc = 0;
    close(fd);
    switch (marker) {
    case EMPTY:
    case TEXT:
        fd = openat(at, LEFTOVER_MARKER, O_RDWR | O_CREAT | O_EXCL, 0600);
        rc = fd < 0 || (marker == TEXT && write(fd, "x", 1) != 1) ? -1 : 0;
        close(fd);
        return rc;
    case LINK:
        return symlinkat("../victim", at, LEFTOVER_MARKER);
    case TWO_LINKS:
        return linkat(at, "../victim", at, LEFTOVER_MARKER, 0);
    case DIRECTORY:
        return mkdirat(at, LEFTOVER_MARKER, 0700);
    case FIFO:
        return mkfifoat(at, LEFTOVER_MARKER, 0600);
    default:
        return 0;
    }
}

static bool make_row(const struct row *row, const char *path)
{
    if (mkdir(path, 0700) < 0 || chmod(path, row->mode) < 0)
        return false;
    int at = fs_open_dir(AT_FDCWD, path, &fault);
    bool made = at >= 0 && make_marker(at, row->marker) == 0;
    if (made && row->content == A_FILE)
        made = fs_write(at, "moved", "1 victim", 9, false, &fault) == 0;
    if (made && row->content == A_TREE)
        made = fs_make_dirs(at, "repo/.git/refs", &fault) == 0;
    made = made && (!row->other || fchown(at, 12345, (gid_t)-1) == 0);
    close(at);
    return made;
}

/* The lock is held by this process, so another one has to look. */
static void remove_by_child(int parent, const char *name, bool inside)
{
    int status;
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        abandoned_remove(parent, name, inside, inside);
        _exit(0);
    }
    CHECK(waitpid(child, &status, 0) == child && status == 0, "the child failed");
}

static void check_row(const struct row *row)
{
    char name[64], path[80], what[160];
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    struct stat st;
    int held = -1;
    const char *target = row->inside ? ".git" : "t";
    snprintf(name, sizeof name, "%s.smidgit-%s", target, row->suffix);
    snprintf(path, sizeof path, "d/%s", name);
    snprintf(what, sizeof what, "'%s' mode %o other %d marker %d content %d held %d", name,
             (unsigned)row->mode, row->other, (int)row->marker, (int)row->content, row->held);
    fault_clear(&fault);
    if (mkdir("d", 0777) < 0 || !make_row(row, path)) {
        CHECK(0, "%s: cannot be made", what);
        return;
    }
    int parent = fs_open_dir(AT_FDCWD, "d", &fault);
    if (row->held) {
        strcat(path, "/" LEFTOVER_MARKER);
        held = open(path, O_RDWR);
        CHECK(fcntl(held, F_SETLK, &lock) == 0, "%s", what);
    }
    CHECK(ftruncate(STDERR_FILENO, 0) == 0, "stderr");
    if (row->held)
        remove_by_child(parent, target, row->inside);
    else
        abandoned_remove(parent, target, row->inside, row->inside);
    bool private = (row->mode & 0777) == 0700;
    bool empty = row->marker == NONE && row->content == NOTHING;
    bool goes = row->exact && !row->other && (empty || (row->marker == EMPTY && private));
    bool alive = goes && row->held;
    CHECK((faccessat(parent, name, F_OK, 0) < 0) == (goes && !row->held), "%s", what);
    CHECK((fstat(STDERR_FILENO, &st) == 0 && st.st_size > 0) == (row->exact && !goes && !alive),
          "%s: a sentence or none", what);
    CHECK(is_there("d/victim"), "%s: the victim", what);
    if (held >= 0)
        close(held);
    close(parent);
    CHECK(fs_remove(AT_FDCWD, "d", &fault) == 0, "%s", fault.text);
}

static void directories(void)
{
    static const char *const suffixes[] = {
        "4194303-0", "1-99",  "backup", "1",     "1-",    "-1-0", "0-0",
        "01-0",      "1-0.1", "1-00",   "1-100", " 1-0",  "+1-0", "1--0",
        "1_0",       "1-0 ",  "",       "-",     "1-0-0", "1-0x", "99999999999999999999-0"};
    static const mode_t modes[] = {0700, 02700, 0755, 0770, 0701};
    for (size_t name = 0; name < sizeof suffixes / sizeof *suffixes; name++)
        for (size_t mode = 0; mode < (name < 3 ? sizeof modes / sizeof *modes : 1); mode++)
            for (int other = 0; other < (geteuid() == 0 && name < 3 ? 2 : 1); other++)
                for (enum marker marker = NONE; marker < (name < 3 ? MARKERS : TEXT); marker++)
                    for (enum content content = NOTHING; content < CONTENTS; content++)
                        for (int rest = 0; rest < 4; rest++) {
                            struct row row = {.suffix = suffixes[name],
                                              .exact = name < 2,
                                              .other = other,
                                              .held = rest & 1,
                                              .inside = rest & 2,
                                              .mode = modes[mode],
                                              .marker = marker,
                                              .content = content};
                            if (!row.held || marker == EMPTY)
                                check_row(&row);
                        }
}

/* A run into the existing directory "t" that dies when it has moved all but .git. */
static void die(void)
{
    int status = -1;
    fault_clear(&fault);
    CHECK(mkdir("t", 0777) == 0, "mkdir");
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        if (staging_open(&stage, "t", REPO_WORKTREE, &fault) < 0 ||
            fs_write(stage.work_dir, "file", "text", 4, false, &fault) < 0 ||
            fs_make_dirs(stage.work_dir, "sub/dir", &fault) < 0 ||
            fs_write(stage.work_dir, "sub/dir/other", "more", 4, false, &fault) < 0 ||
            abandoned_record(stage.stage, &fault) < 0 ||
            abandoned_move_others(stage.stage, stage.parent, ".git", &fault) < 0)
            _exit(1);
        _exit(0);
    }
    waitpid(child, &status, 0);
    CHECK(status == 0 && is_there("t/sub/dir/other"), "the child failed");
    shell("mv t/.git.smidgit-* t/.git.smidgit-1-0");
}

/* What has come to the target since a run died is not taken for that run's, and a refused run has
 * removed nothing. */
static void what_a_user_did(void)
{
    static const char *const rows[] = {
        "echo mine >t/new",
        "echo mine >t/new && mv t/new t/file",
        "echo mine >>t/file",
        "echo mine | head -c 4 >t/file",
        "echo mine >t/sub/new",
        "echo mine >t/sub/dir/new",
        "rm t/file && mkdir -p t/file/mine",
        "rm t/sub/dir/other && ln -s mine t/sub/dir/other",
        "mv t/sub t/mine",
        "mkdir t/.git.smidgit-backup",
        "mkdir -m 700 t/.git.smidgit-2-0 && echo mine >t/.git.smidgit-2-0/lock",
        "mkdir -m 755 t/.git.smidgit-2-0 && : >t/.git.smidgit-2-0/made-by-smidgit",
        "ln -s .. t/.git.smidgit-2-0",
        "mkfifo t/.git.smidgit-2-0",
        "mv t/.git.smidgit-1-0/moved m && ln -s ../../m t/.git.smidgit-1-0/moved",
        "ln t/.git.smidgit-1-0/moved m",
        "chmod 755 t/.git.smidgit-1-0",
        "cd t/.git.smidgit-1-0 && sed 's/file/filf/' moved >n && mv n moved",
        "mkdir -p deep t/sub/$(yes d | head -n 70 | tr '\\n' /)",
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        die();
        shell(rows[i]);
        shell("find t m deep 2>&1 | sort >before");
        int rc = staging_open(&stage, "t", REPO_WORKTREE, &fault);
        staging_close(&stage);
        CHECK(rc < 0 && strstr(fault.text, "already exists"), "%s: taken", rows[i]);
        CHECK(*shell("find t m deep 2>&1 | sort | diff before -") == '\0', "%s: something is gone",
              rows[i]);
        shell("rm -rf t m deep before");
    }
    die();
    shell("rm t/file");
    CHECK(staging_open(&stage, "t", REPO_WORKTREE, &fault) == 0, "a file is gone: %s", fault.text);
    staging_close(&stage);
    CHECK(fs_dir_empty(AT_FDCWD, "t"), "%s", shell("ls -A t"));
    shell("rmdir t");
}

/* Whatever is in the record, no file of the user's goes away. */
static void any_record(void)
{
    char *record = NULL;
    size_t size;
    die();
    shell("mv t/.git.smidgit-1-0 stage && echo mine >t/mine && mkdir t/ours && : >t/ours/x");
    int left = fs_open_dir(AT_FDCWD, "stage", &fault), target = fs_open_dir(AT_FDCWD, "t", &fault);
    CHECK(fs_read(left, "moved", 1000, true, &record, &size, &fault) == 0 && size > 20, "%s",
          fault.text);
    for (size_t i = 0; i < size; i++) {
        for (int byte = 0; byte < 256; byte += 3) {
            char kept = record[i];
            record[i] = (char)byte;
            fault_clear(&fault);
            unlinkat(left, "moved", 0);
            int fd = openat(left, "moved", O_WRONLY | O_CREAT | O_EXCL, 0600);
            fs_put(fd, record, byte ? size : i, "moved", &fault);
            close(fd);
            record[i] = kept;
            abandoned_undo(left, target, false, &fault);
            if (!is_there("t/mine") || !is_there("t/ours/x") || !is_there("t/..")) {
                CHECK(0, "byte %zu as %d", i, byte);
                free(record);
                return;
            }
            renameat(left, "repo/file", target, "file");
            renameat(left, "repo/sub", target, "sub");
        }
    }
    CHECK(is_there("t/file") && is_there("t/sub/dir/other"), "what was moved");
    free(record);
    close(left);
    close(target);
    shell("rm -r t stage");
}

/* The lock alone says that a run lives, not the number in the name. */
static void lives(void)
{
    int status;
    fault_clear(&fault);
    CHECK(staging_open(&stage, "long", REPO_BARE, &fault) == 0, "%s", fault.text);
    CHECK(rename(stage.stage_name, "long.smidgit-4194303-7") == 0, "rename");
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        abandoned_remove(AT_FDCWD, "long", false, false);
        _exit(0);
    }
    CHECK(waitpid(child, &status, 0) == child && is_there("long.smidgit-4194303-7/repo"),
          "a run that lives is taken for dead");
    staging_close(&stage);
    CHECK(is_there("long.smidgit-4194303-7") && rmdir("long.smidgit-4194303-7") == 0, "not empty");
}

int main(void)
{
    scratch_open();
    int said = open("said", O_RDWR | O_CREAT | O_APPEND, 0600);
    dup2(said, STDERR_FILENO);
    directories();
    what_a_user_did();
    any_record();
    lives();
    scratch_close();
    return T_DONE();
}
