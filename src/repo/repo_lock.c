/* SPDX-License-Identifier: MIT */
#include "repo/repo_lock.h"

#include "system/fs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    PATH_BYTES = 4096,
    NAME_BYTES = 64,
    DEPTH_MAX = 64, /* directories below refs/ */
    TRIES = 30,     /* for a lock that somebody has, */
    PAUSE = 10      /* this many milliseconds apart */
};

static const char text[] = "smidgit\n", prefix[] = "smidgit-lock.", new_prefix[] = "smidgit-new.";

static char *own_name(char out[NAME_BYTES])
{
    snprintf(out, NAME_BYTES, "%s%ld", prefix, (long)getpid());
    return out;
}

static char *new_name(unsigned number, char out[NAME_BYTES])
{
    snprintf(out, NAME_BYTES, "%s%ld.%u", new_prefix, (long)getpid(), number);
    return out;
}

void repo_lock_open(struct repo_lock *lock, int git_dir)
{
    *lock = (struct repo_lock){.git_dir = git_dir, .fd = -1};
}

void repo_lock_close(struct repo_lock *lock)
{
    char name[NAME_BYTES];
    if (lock->fd < 0)
        return;
    unlinkat(lock->git_dir, own_name(name), 0);
    close(lock->fd);
    lock->fd = -1;
}

static bool hold(int fd)
{
    struct flock range = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    return fcntl(fd, F_SETLK, &range) == 0;
}

/* Opens the file if it is one of this program's whose run is dead: it is held then, until it is
 * closed, so that nobody else takes it for such meanwhile. SIGNED: it must say so; by its name it
 * is known, too, and a run that was killed at once has written nothing. -1: it is none. */
static int open_left_over(const struct repo_lock *lock, int dir, const char *path, bool is_signed)
{
    char said[sizeof text];
    struct stat st, own;
    /* To open and close one's own would give up the hold on it (fcntl). */
    if (fstatat(dir, path, &st, AT_SYMLINK_NOFOLLOW) < 0 || !S_ISREG(st.st_mode) ||
        (lock->fd >= 0 && fstat(lock->fd, &own) == 0 && st.st_ino == own.st_ino &&
         st.st_dev == own.st_dev))
        return -1;
    int fd = openat(dir, path, O_RDWR | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return -1;
    if ((!is_signed || (read(fd, said, sizeof said) == sizeof text - 1 &&
                        memcmp(said, text, sizeof text - 1) == 0)) &&
        hold(fd))
        return fd;
    close(fd);
    return -1;
}

/* Calls ENTRY for each name in the directory PATH below AT. */
static void each_entry(int at, const char *path,
                       void (*entry)(void *context, int dir, const char *name), void *context)
{
    int fd = openat(at, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR *dir = fd < 0 ? NULL : fdopendir(fd);
    struct dirent *found;
    if (dir == NULL) {
        if (fd >= 0)
            close(fd);
        return;
    }
    while ((found = readdir(dir)) != NULL)
        if (strcmp(found->d_name, ".") != 0 && strcmp(found->d_name, "..") != 0)
            entry(context, fd, found->d_name);
    closedir(dir);
}

/* A dead run's file, whose other names are its locks. */
struct links {
    struct stat st;
    unsigned depth;
};

static void remove_link(void *context, int dir, const char *name)
{
    struct links *links = context;
    struct stat st;
    if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
        return;
    if (S_ISDIR(st.st_mode) && links->depth < DEPTH_MAX) {
        links->depth++;
        each_entry(dir, name, remove_link, links);
        links->depth--;
    } else if (st.st_ino == links->st.st_ino && st.st_dev == links->st.st_dev) {
        unlinkat(dir, name, 0);
    }
}

/* Locks of a run that is dead go before its own file does, so that the next one still knows them if
 * this one is killed. In the directory itself they are all but that. */
static void remove_locks(void *context, int dir, const char *name)
{
    static const char *const places[] = {"HEAD.lock",     "index.lock",        "packed-refs.lock",
                                         "shallow.lock",  "smidgit-join.lock", "FETCH_HEAD.lock",
                                         "ORIG_HEAD.lock"};
    struct links links = {.depth = 0};
    int fd = strncmp(name, prefix, sizeof prefix - 1) == 0
                 ? open_left_over(context, dir, name, false)
                 : -1;
    if (fd < 0)
        return;
    if (fstat(fd, &links.st) == 0 && links.st.st_nlink > 1) {
        for (size_t i = 0; i < sizeof places / sizeof *places; i++)
            remove_link(&links, dir, places[i]);
        each_entry(dir, "refs", remove_link, &links);
    }
    unlinkat(dir, name, 0);
    close(fd);
}

/* What a dead run was going to put in place. */
static void remove_new(void *context, int dir, const char *name)
{
    char owner[NAME_BYTES];
    struct stat st;
    (void)context;
    if (strncmp(name, new_prefix, sizeof new_prefix - 1) != 0)
        return;
    const char *pid = name + sizeof new_prefix - 1;
    snprintf(owner, sizeof owner, "%s%.*s", prefix, (int)strcspn(pid, "."), pid);
    if (fstatat(dir, owner, &st, AT_SYMLINK_NOFOLLOW) < 0)
        unlinkat(dir, name, 0);
}

static void remove_left_over(struct repo_lock *lock)
{
    each_entry(lock->git_dir, ".", remove_locks, lock);
    each_entry(lock->git_dir, ".", remove_new, lock);
}

/* Creates and holds the run's own file. 1, 0 when another run has taken it for a dead one's before
 * it was held, and removed it; -1. */
static int create(struct repo_lock *lock, const char *name, struct fault *fault)
{
    struct stat st;
    int fd = openat(lock->git_dir, name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
    if (fd < 0)
        return fault_set(fault, FAULT_LOCAL, "cannot create '%s': %s", name, strerror(errno));
    if (!hold(fd) || fstat(fd, &st) < 0 || st.st_nlink == 0) {
        close(fd);
        unlinkat(lock->git_dir, name, 0);
        return 0;
    }
    if (fs_put(fd, text, sizeof text - 1, name, fault) < 0) {
        unlinkat(lock->git_dir, name, 0);
        close(fd);
        return -1;
    }
    lock->fd = fd;
    return 1;
}

static int begin(struct repo_lock *lock, struct fault *fault)
{
    char name[NAME_BYTES];
    int rc = 0;
    if (lock->fd >= 0)
        return 0;
    remove_left_over(lock);
    unlinkat(lock->git_dir, own_name(name), 0);
    for (int tries = 0; rc == 0 && tries < TRIES; tries++)
        rc = create(lock, name, fault);
    if (rc == 0)
        return fault_set(fault, FAULT_LOCAL, "cannot hold '%s': %s", name, strerror(errno));
    return rc < 0 ? -1 : 0;
}

static int lock_name(const char *path, char out[PATH_BYTES], struct fault *fault)
{
    if (snprintf(out, PATH_BYTES, "%s.lock", path) >= PATH_BYTES)
        return fault_set(fault, FAULT_LOCAL, "a path of %zu bytes", strlen(path));
    return 0;
}

/* A file system without links (vfat): a lock that nobody takes over. */
static bool has_no_links(int why)
{
    return why == EPERM || why == EOPNOTSUPP || why == ENOSYS || why == EMLINK || why == EXDEV;
}

/* 1; 0 when somebody else has it; -1 and errno. */
static int try_link(struct repo_lock *lock, int dir, const char *name)
{
    char own[NAME_BYTES];
    if (linkat(lock->git_dir, own_name(own), dir, name, 0) == 0)
        return 1;
    if (errno != EEXIST)
        return -1;
    int left = open_left_over(lock, dir, name, true);
    if (left < 0)
        return 0;
    unlinkat(dir, name, 0);
    close(left);
    return linkat(lock->git_dir, own, dir, name, 0) == 0 ? 1 : errno == EEXIST ? 0 : -1;
}

int repo_lock_take(struct repo_lock *lock, int dir, const char *path, struct fault *fault)
{
    char name[PATH_BYTES];
    int rc = 0;
    if (lock_name(path, name, fault) < 0 || begin(lock, fault) < 0)
        return -1;
    for (int tries = 0; rc == 0 && tries < TRIES; tries++) {
        if (tries > 0)
            poll(NULL, 0, PAUSE);
        rc = try_link(lock, dir, name);
    }
    if (rc == 1)
        return 0;
    if (rc == 0)
        return fault_set(fault, FAULT_LOCAL,
                         "'%s' exists: another git is at work, or one has died here", name);
    int fd = has_no_links(errno)
                 ? openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666)
                 : -1;
    if (fd < 0)
        return fault_set(fault, FAULT_LOCAL, "cannot create '%s': %s", name, strerror(errno));
    close(fd);
    return 0;
}

void repo_lock_drop(struct repo_lock *lock, int dir, const char *path)
{
    char name[PATH_BYTES];
    (void)lock;
    if (snprintf(name, sizeof name, "%s.lock", path) < PATH_BYTES)
        unlinkat(dir, name, 0);
}

int repo_lock_new(struct repo_lock *lock, unsigned number, struct fault *fault)
{
    char name[NAME_BYTES];
    new_name(number, name);
    unlinkat(lock->git_dir, name, 0);
    int fd =
        openat(lock->git_dir, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
    return fd < 0 ? fault_set(fault, FAULT_LOCAL, "cannot create '%s': %s", name, strerror(errno))
                  : fd;
}

void repo_lock_forget(struct repo_lock *lock, unsigned number)
{
    char name[NAME_BYTES];
    unlinkat(lock->git_dir, new_name(number, name), 0);
}

int repo_lock_put(struct repo_lock *lock, unsigned number, int dir, const char *path,
                  struct fault *fault)
{
    char name[NAME_BYTES];
    if (renameat(lock->git_dir, new_name(number, name), dir, path) == 0)
        return 0;
    fault_set(fault, FAULT_LOCAL, "cannot rename to '%s': %s", path, strerror(errno));
    unlinkat(lock->git_dir, name, 0);
    return -1;
}

int repo_lock_replace(struct repo_lock *lock, int dir, const char *path, const void *bytes,
                      size_t size, bool sync, struct fault *fault)
{
    int fd = begin(lock, fault) < 0 ? -1 : repo_lock_new(lock, 0, fault), rc = fd < 0 ? -1 : 0;
    if (rc == 0 && size > 0)
        rc = fs_put(fd, bytes, size, path, fault);
    if (rc == 0 && sync)
        rc = fs_sync_file(fd, path, fault);
    if (fd >= 0 && close(fd) < 0 && rc == 0)
        rc = fault_set(fault, FAULT_LOCAL, "cannot write '%s': %s", path, strerror(errno));
    if (rc == 0)
        rc = repo_lock_put(lock, 0, dir, path, fault);
    return rc == 0 && sync ? fs_sync_dir(dir, ".", fault) : rc;
}

int repo_lock_write(struct repo_lock *lock, int dir, const char *path, const void *bytes,
                    size_t size, bool sync, struct fault *fault)
{
    if (repo_lock_take(lock, dir, path, fault) < 0)
        return -1;
    int rc = repo_lock_replace(lock, dir, path, bytes, size, sync, fault);
    repo_lock_drop(lock, dir, path);
    return rc;
}
