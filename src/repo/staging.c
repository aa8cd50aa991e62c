/* SPDX-License-Identifier: MIT */
#include "repo/staging.h"

#include "repo/abandoned.h"
#include "repo/kept.h"
#include "system/fs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PROBE_LINK "link"

static int failed(struct staging *stage, const char *what, const char *path)
{
    return fault_set(stage->fault, FAULT_LOCAL, "cannot %s '%s': %s", what, path, strerror(errno));
}

/* Makes what is missing of the directories above the target, and remembers it. */
static int make_parents(struct staging *stage)
{
    char *path = stage->made;
    struct stat st;
    size_t length = strlen(path);
    for (size_t i = 1; i <= length; i++) {
        if (path[i] != '/' && path[i] != '\0')
            continue;
        char kept = path[i];
        path[i] = '\0';
        bool there = stat(path, &st) == 0;
        if (!there && mkdir(path, 0777) < 0 && errno != EEXIST)
            return failed(stage, "create directory", path);
        if (!there && stage->made_from == 0)
            stage->made_from = i;
        path[i] = kept;
    }
    return 0;
}

static void remove_parents(struct staging *stage)
{
    char *path = stage->made;
    if (stage->made_from == 0)
        return;
    for (size_t i = strlen(path); i >= stage->made_from; i--) {
        if (path[i] != '/' && path[i] != '\0')
            continue;
        path[i] = '\0';
        if (rmdir(path) < 0)
            return;
    }
}

/* TARGET = [ parents "/" ] name */
static int cut_target(struct staging *stage, const char *target, size_t length)
{
    size_t from = length;
    while (from > 0 && target[from - 1] != '/')
        from--;
    if (length - from > REPO_NAME_MAX || from >= sizeof stage->made)
        return fault_set(stage->fault, FAULT_LOCAL, "'%.60s...': the name is too long", target);
    if (length - from == 2 && memcmp(target + from, "..", 2) == 0 && stage->fresh)
        return fault_set(stage->fault, FAULT_LOCAL, "'%s' is no name for a directory", target);
    memcpy(stage->name, target + from, length - from);
    stage->name[length - from] = '\0';
    while (from > 1 && target[from - 1] == '/')
        from--;
    memcpy(stage->made, target, from);
    stage->made[from] = '\0';
    return 0;
}

static int taken(struct staging *stage, const char *target)
{
    return fault_set(stage->fault, FAULT_LOCAL,
                     "destination path '%s' already exists and is not an empty directory.", target);
}

/* A run that died before the target came to be has left its staging directory beside it. */
static void clean_beside(struct staging *stage, const char *target, size_t length)
{
    struct fault ignored;
    fault_clear(&ignored);
    if (length >= sizeof stage->made || cut_target(stage, target, length) < 0 ||
        strcmp(stage->name, ".") == 0 || strcmp(stage->name, "..") == 0 || !stage->name[0])
        return;
    int parent = fs_open_dir(AT_FDCWD, stage->made[0] ? stage->made : ".", &ignored);
    if (parent < 0)
        return;
    abandoned_remove(parent, stage->name, false, false);
    close(parent);
}

/* Bytes of TARGET without slashes, and slashes with a dot, at its end. */
static size_t useful_length(const char *target)
{
    size_t length = strlen(target);
    while (length > 1) {
        bool dot = length > 2 && target[length - 1] == '.' && target[length - 2] == '/';
        if (!dot && target[length - 1] != '/')
            break;
        length -= dot ? 2 : 1;
    }
    return length;
}

/* Where the staging directory goes. Nothing is removed before the target is known to be fit. */
static int find_place(struct staging *stage, const char *target)
{
    struct stat st;
    size_t length = useful_length(target);
    stage->fresh = lstat(target, &st) < 0;
    if (stage->fresh && errno != ENOENT)
        return failed(stage, "look at", target);
    if (stage->fresh) {
        if (cut_target(stage, target, length) < 0 || make_parents(stage) < 0)
            return -1;
        stage->parent = fs_open_dir(AT_FDCWD, stage->made[0] ? stage->made : ".", stage->fault);
        if (stage->parent < 0)
            return -1;
        abandoned_remove(stage->parent, stage->name, false, false);
        return 0;
    }
    if (stat(target, &st) < 0 || !S_ISDIR(st.st_mode))
        return taken(stage, target);
    stage->parent = fs_open_dir(AT_FDCWD, target, stage->fault);
    if (stage->parent < 0)
        return -1;
    if (!abandoned_only(stage->parent, ".git", false))
        return taken(stage, target);
    /* Among the files of an export nothing may stay. */
    abandoned_remove(stage->parent, ".git", true, stage->kind == REPO_FILES);
    if (!abandoned_only(stage->parent, ".git", true))
        return taken(stage, target);
    clean_beside(stage, target, length);
    return 0;
}

static void close_one(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

/* Marks the new directory as ours and locks the marker. A run that cleans up may have been faster:
 * it has taken the directory away, or holds the lock to do so. 1: ours, 0: it is lost, -1. */
static int mark_stage(struct staging *stage)
{
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    struct stat st;
    int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
    stage->stage = openat(stage->parent, stage->stage_name, flags);
    if (stage->stage < 0)
        return errno == ENOENT ? 0 : failed(stage, "open directory", stage->stage_name);
    stage->lock =
        openat(stage->stage, LEFTOVER_MARKER, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (stage->lock < 0)
        return errno == ENOENT ? 0 : failed(stage, "create", LEFTOVER_MARKER);
    /* On a file system without locks nobody can take it from us either. */
    if (fcntl(stage->lock, F_SETLK, &lock) < 0 && (errno == EACCES || errno == EAGAIN))
        return 0;
    if (fstat(stage->lock, &st) < 0)
        return 0;
    stage->file_system.no_modes = (st.st_mode & S_IXUSR) != 0; /* it was made with mode 0600 */
    return st.st_nlink > 0;
}

static int make_stage(struct staging *stage, const char *target)
{
    char begin[LEFTOVER_NAME_MAX];
    abandoned_name(begin, stage->fresh ? stage->name : ".git");
    for (unsigned try = 0; try < LEFTOVER_NAMES; try++) {
        snprintf(stage->stage_name, sizeof stage->stage_name, "%s%ld-%u", begin, (long)getpid(),
                 try);
        if (mkdirat(stage->parent, stage->stage_name, 0700) == 0) {
            int rc = mark_stage(stage);
            if (rc != 0)
                return rc < 0 ? -1 : 0;
            close_one(&stage->stage);
            close_one(&stage->lock);
        } else if (errno != EEXIST) {
            break;
        }
    }
    failed(stage, stage->fresh ? "create directory" : "write to", target);
    stage->stage_name[0] = '\0';
    return -1;
}

static int make_dirs(struct staging *stage)
{
    if (mkdirat(stage->stage, "repo", 0777) < 0)
        return failed(stage, "create directory", "repo");
    if (stage->kind == REPO_BARE) {
        stage->git_dir = fs_open_dir(stage->stage, "repo", stage->fault);
        return stage->git_dir < 0 ? -1 : 0;
    }
    const char *git_dir = stage->kind == REPO_FILES ? "git" : "repo/.git";
    if (mkdirat(stage->stage, git_dir, 0777) < 0)
        return failed(stage, "create directory", ".git");
    stage->work_dir = fs_open_dir(stage->stage, "repo", stage->fault);
    stage->git_dir = fs_open_dir(stage->stage, git_dir, stage->fault);
    return stage->work_dir < 0 || stage->git_dir < 0 ? -1 : 0;
}

/* What git init asks. To git any failure of symlink() says that there are none, and so it is here:
 * file systems without them answer EPERM, ENOSYS, EOPNOTSUPP or EACCES, and VirtualBox's shared
 * folders EROFS. On a full disk the config, which is still to be written, fails too. */
static void probe(struct staging *stage)
{
    struct file_system *found = &stage->file_system;
    struct stat st;
    if (fchmod(stage->lock, 0700) < 0 || fstat(stage->lock, &st) < 0 || !(st.st_mode & S_IXUSR))
        found->no_modes = true;
    found->no_symlinks = symlinkat(PROBE_LINK, stage->stage, PROBE_LINK) < 0;
    unlinkat(stage->stage, PROBE_LINK, 0);
    found->folds_case = faccessat(stage->stage, "REPO", F_OK, 0) == 0;
}

static void begin(struct staging *stage, enum repo_kind kind, struct fault *fault)
{
    *stage = (struct staging){
        .git_dir = -1,
        .work_dir = -1,
        .parent = -1,
        .stage = -1,
        .lock = -1,
        .kind = kind,
        .fault = fault,
    };
}

int staging_open(struct staging *stage, const char *target, enum repo_kind kind,
                 struct fault *fault)
{
    begin(stage, kind, fault);
    if (find_place(stage, target) < 0 || make_stage(stage, target) < 0 || make_dirs(stage) < 0)
        return -1;
    probe(stage);
    return 0;
}

int staging_open_packs(struct staging *stage, int git_dir, const char *name, struct fault *fault)
{
    begin(stage, REPO_BARE, fault);
    stage->fresh = stage->beside_others = true;
    snprintf(stage->name, sizeof stage->name, "%s", name);
    stage->parent = fs_open_dir(git_dir, "objects", fault);
    if (stage->parent < 0)
        return -1;
    abandoned_remove(stage->parent, stage->name, false, false);
    return make_stage(stage, name) < 0 || make_dirs(stage) < 0
               ? -1
               : fs_make_dirs(stage->git_dir, "objects/pack", fault);
}

/* What is there is somebody's. */
static int write_new(struct staging *stage, const char *name, const char *text, size_t size)
{
    struct stat st;
    return fstatat(stage->git_dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0
               ? 0
               : fs_write(stage->git_dir, name, text, size, false, stage->fault);
}

int staging_skeleton(struct staging *stage)
{
    static const char *const dirs[] = {"info",         "hooks",      "objects/info",
                                       "objects/pack", "refs/heads", "refs/tags"};
    static const char description[] =
        "Unnamed repository; edit this file 'description' to name the repository.\n";
    static const char exclude[] =
        "# git ls-files --others --exclude-from=.git/info/exclude\n"
        "# Lines that start with '#' are comments.\n"
        "# For a project mostly in C, the following would be a good set of\n"
        "# exclude patterns (uncomment them if you want to use them):\n"
        "# *.[oa]\n"
        "# *~\n";
    for (size_t i = 0; i < sizeof dirs / sizeof *dirs; i++)
        if (fs_make_dirs(stage->git_dir, dirs[i], stage->fault) < 0)
            return -1;
    if (write_new(stage, "description", description, sizeof description - 1) < 0)
        return -1;
    return write_new(stage, "info/exclude", exclude, sizeof exclude - 1);
}

int staging_drop_packs(struct staging *stage)
{
    return fs_remove(stage->git_dir, "objects/pack", stage->fault) < 0
               ? -1
               : fs_make_dirs(stage->git_dir, "objects/pack", stage->fault);
}

static int publish_fresh(struct staging *stage)
{
    if (renameat(stage->stage, "repo", stage->parent, stage->name) < 0)
        return failed(stage, "publish", stage->name);
    return 0;
}

/* The files are in place before the last name says that this is a repository. */
static int move_all(struct staging *stage, bool sync)
{
    const char *last = stage->kind == REPO_BARE ? "HEAD" : ".git";
    if (abandoned_move_others(stage->stage, stage->parent, last, stage->fault) < 0 ||
        (sync && fs_sync_file(stage->parent, "the target", stage->fault) < 0))
        return -1;
    if (stage->kind != REPO_FILES)
        return abandoned_move_last(stage->stage, stage->parent, last, stage->fault);
    if (renameat(stage->stage, "git", stage->stage, "done") < 0)
        return failed(stage, "rename", "git");
    return 0;
}

static int publish_moved(struct staging *stage, bool sync)
{
    if (abandoned_record(stage->stage, stage->fault) < 0)
        return -1;
    if (move_all(stage, sync) < 0) {
        struct fault ignored;
        fault_clear(&ignored);
        abandoned_undo(stage->stage, stage->parent, true, &ignored);
        return -1;
    }
    return 0;
}

/* What is left after publishing has known names: to remove it takes no memory. The marker goes only
 * when nothing is behind it. */
static void remove_rest(struct staging *stage)
{
    if (stage->kind == REPO_FILES || !kept_forget(stage) ||
        (unlinkat(stage->stage, "moved", 0) < 0 && errno != ENOENT) ||
        (unlinkat(stage->stage, PROBE_LINK, 0) < 0 && errno != ENOENT) ||
        (unlinkat(stage->stage, "repo", AT_REMOVEDIR) < 0 && errno != ENOENT))
        return;
    unlinkat(stage->stage, LEFTOVER_MARKER, 0);
    if (unlinkat(stage->parent, stage->stage_name, AT_REMOVEDIR) == 0)
        stage->stage_name[0] = '\0';
}

/* What cannot be removed now is recognised by the next run. Removing takes descriptors: those of
 * the staging directory, and its lock, are given up first. Nobody else can need what is in it. */
static void remove_stage(struct staging *stage)
{
    struct fault ignored;
    fault_clear(&ignored);
    close_one(&stage->git_dir);
    close_one(&stage->work_dir);
    close_one(&stage->lock);
    if (stage->stage >= 0 && faccessat(stage->stage, LEFTOVER_MARKER, F_OK, 0) == 0) {
        fs_empty(stage->stage, LEFTOVER_MARKER, &ignored);
        stage->stage = -1;
    }
    close_one(&stage->stage);
    if (stage->stage_name[0])
        unlinkat(stage->parent, stage->stage_name, AT_REMOVEDIR);
    stage->stage_name[0] = '\0';
}

int staging_publish(struct staging *stage, bool sync)
{
    kept_alone(stage);
    if (sync && fs_sync_tree(stage->stage, stage->fault) < 0)
        return -1;
    if ((stage->fresh ? publish_fresh(stage) : publish_moved(stage, sync)) < 0)
        return -1;
    stage->made_from = 0;
    remove_rest(stage);
    remove_stage(stage);
    if (sync && fs_sync_file(stage->parent, "the target's directory", stage->fault) < 0)
        return fault_wrap(stage->fault,
                          "it is there and complete, but may not outlast a power failure");
    return 0;
}

void staging_close(struct staging *stage)
{
    if (kept_stays(stage)) {
        close_one(&stage->git_dir);
        close_one(&stage->work_dir);
        close_one(&stage->lock);
        close_one(&stage->stage);
    } else {
        remove_stage(stage);
    }
    close_one(&stage->parent);
    remove_parents(stage);
}
