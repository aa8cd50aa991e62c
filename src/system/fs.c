/* SPDX-License-Identifier: MIT */
#if defined(__linux__)
#define _GNU_SOURCE /* syncfs(), O_TMPFILE */
#endif
#include "system/fs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { NAMES_TRIED = 100, PATH_BYTES = 4096, LINKS_MAX = 8, REMOVE_DEPTH = 64 };

static int failed(struct fault *fault, const char *what, const char *path)
{
    if (errno == ENOMEM)
        return fault_set(fault, FAULT_LIMIT, "cannot %s '%s': out of memory", what, path);
    if (errno == EFBIG)
        return fault_set(fault, FAULT_LIMIT,
                         "cannot %s '%s': too large for the file size limit (ulimit -f)", what,
                         path);
    return fault_set(fault, FAULT_LOCAL, "cannot %s '%s': %s", what, path, strerror(errno));
}

int fs_open_dir(int at, const char *path, struct fault *fault)
{
    int fd = openat(at, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return fd < 0 ? failed(fault, "open directory", path) : fd;
}

int fs_make_dirs(int at, const char *path, struct fault *fault)
{
    char part[PATH_BYTES];
    size_t size = strlen(path);
    if (size >= sizeof part)
        return fault_set(fault, FAULT_LOCAL, "a path of %zu bytes", size);
    for (size_t i = 1; i <= size; i++) {
        if (path[i] != '/' && path[i] != '\0')
            continue;
        memcpy(part, path, i);
        part[i] = '\0';
        if (mkdirat(at, part, 0777) < 0 && errno != EEXIST)
            return failed(fault, "create directory", part);
    }
    return 0;
}

static int read_all(int fd, char *bytes, size_t size)
{
    for (size_t done = 0; done < size;) {
        ssize_t got = read(fd, bytes + done, size - done);
        if (got < 0 && errno == EINTR)
            continue;
        if (got == 0)
            errno = EIO; /* it has shrunk meanwhile */
        if (got <= 0)
            return -1;
        done += (size_t)got;
    }
    return 0;
}

static int read_file(int fd, const char *path, size_t max, char **out, size_t *size,
                     struct fault *fault)
{
    struct stat st;
    char byte;
    if (fstat(fd, &st) < 0)
        return failed(fault, "read", path);
    /* /dev/null stands for an empty file. */
    if (!S_ISREG(st.st_mode) && !(S_ISCHR(st.st_mode) && read(fd, &byte, 1) == 0))
        return fault_set(fault, FAULT_LOCAL, "'%s' is no regular file", path);
    if ((uint64_t)st.st_size > max)
        return fault_set(fault, FAULT_LIMIT, "'%s' has more than %zu bytes", path, max);
    size_t bytes = (size_t)st.st_size;
    char *text = malloc(bytes + 1);
    if (text == NULL)
        return fault_set(fault, FAULT_LIMIT, "no memory for '%s', %zu bytes", path, bytes);
    if (read_all(fd, text, bytes) < 0) {
        free(text);
        return failed(fault, "read", path);
    }
    text[bytes] = '\0';
    *out = text;
    *size = bytes;
    return 0;
}

int fs_read(int at, const char *path, size_t max, bool nofollow, char **out, size_t *size,
            struct fault *fault)
{
    *out = NULL;
    *size = 0;
    int fd = openat(at, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | (nofollow ? O_NOFOLLOW : 0));
    if (fd < 0)
        return errno == ENOENT ? 0 : failed(fault, "open", path);
    int rc = read_file(fd, path, max, out, size, fault);
    close(fd);
    return rc;
}

int fs_put(int fd, const void *bytes, size_t size, const char *what, struct fault *fault)
{
    const unsigned char *from = bytes;
    while (size > 0) {
        ssize_t put = write(fd, from, size);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return failed(fault, "write", what);
        from += put;
        size -= (size_t)put;
    }
    return 0;
}

int fs_pread(int fd, void *bytes, size_t size, uint64_t offset, const char *what,
             struct fault *fault)
{
    unsigned char *to = bytes;
    while (size > 0) {
        ssize_t got = pread(fd, to, size, (off_t)offset);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return failed(fault, "read", what);
        if (got == 0)
            return fault_set(fault, FAULT_PROTOCOL, "'%s' ends too early", what);
        to += got;
        offset += (uint64_t)got;
        size -= (size_t)got;
    }
    return 0;
}

int fs_sync_file(int fd, const char *what, struct fault *fault)
{
    if (fsync(fd) < 0 && errno != EINVAL && errno != EROFS)
        return failed(fault, "sync", what);
    return 0;
}

int fs_sync_dir(int at, const char *path, struct fault *fault)
{
    int fd = fs_open_dir(at, path, fault);
    if (fd < 0)
        return -1;
    int rc = fs_sync_file(fd, path, fault);
    close(fd);
    return rc;
}

int fs_sync_tree(int fd, struct fault *fault)
{
#if defined(__linux__)
    if (syncfs(fd) == 0)
        return 0;
    if (errno != ENOSYS)
        return failed(fault, "sync", "the file system");
#endif
    (void)fd;
    (void)fault;
    sync();
    return 0;
}

/* A tree may be deeper than descriptors and stack are many. What is further down than REMOVE_DEPTH,
 * or than there are descriptors, is moved up into the directory that is removed, and met there
 * again. Somebody else may be removing the same: what is gone is fine. */
struct removal {
    int top;
    unsigned depth, moved;
    const char *last; /* stays in the top directory until the rest is gone; or NULL */
    struct fault *fault;
};

static int remove_entry(struct removal *removal, int at, const char *name);

static int empty_dir(struct removal *removal, DIR *dir)
{
    const char *kept = removal->depth == 1 && removal->last ? removal->last : ".";
    struct dirent *entry;
    int rc = 0;
    while (rc == 0 && (errno = 0, entry = readdir(dir)) != NULL)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0 &&
            strcmp(entry->d_name, kept) != 0)
            rc = remove_entry(removal, dirfd(dir), entry->d_name);
    return rc == 0 && errno ? failed(removal->fault, "read", "a directory to be removed") : rc;
}

static int move_up(struct removal *removal, int at, const char *name)
{
    char up[32];
    struct stat st;
    do
        snprintf(up, sizeof up, "deep-%u", removal->moved++);
    while (fstatat(removal->top, up, &st, AT_SYMLINK_NOFOLLOW) == 0);
    if (renameat(at, name, removal->top, up) < 0 && errno != ENOENT)
        return failed(removal->fault, "move", name);
    return 0;
}

/* Empties the directory FD and closes it. */
static int empty_open(struct removal *removal, int fd, const char *path)
{
    DIR *dir = fdopendir(fd);
    if (dir == NULL) {
        int rc = failed(removal->fault, "open directory", path);
        close(fd);
        return rc;
    }
    bool top = removal->depth++ == 0;
    unsigned before;
    int rc;
    if (top)
        removal->top = fd;
    do {
        before = removal->moved;
        rewinddir(dir);
        rc = empty_dir(removal, dir);
    } while (rc == 0 && top && before != removal->moved);
    removal->depth--;
    if (rc == 0 && top && removal->last)
        unlinkat(fd, removal->last, 0);
    closedir(dir);
    return rc;
}

static int remove_dir(struct removal *removal, int at, const char *path)
{
    if (removal->depth == REMOVE_DEPTH)
        return move_up(removal, at, path);
    int fd = openat(at, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0 && errno == EMFILE && removal->depth > 1)
        return move_up(removal, at, path);
    if (fd < 0)
        return errno == ENOENT ? 0 : failed(removal->fault, "open directory", path);
    int rc = empty_open(removal, fd, path);
    if (rc == 0 && unlinkat(at, path, AT_REMOVEDIR) < 0 && errno != ENOENT)
        return failed(removal->fault, "remove directory", path);
    return rc;
}

static int remove_entry(struct removal *removal, int at, const char *name)
{
    struct stat st;
    if (unlinkat(at, name, 0) == 0 || errno == ENOENT)
        return 0;
    int why = errno;
    if (fstatat(at, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode))
        return remove_dir(removal, at, name);
    errno = why;
    return failed(removal->fault, "remove", name);
}

int fs_remove(int at, const char *path, struct fault *fault)
{
    struct removal removal = {.fault = fault};
    return remove_entry(&removal, at, path);
}

int fs_empty(int dir, const char *last, struct fault *fault)
{
    struct removal removal = {.last = last, .fault = fault};
    return empty_open(&removal, dir, ".");
}

bool fs_dir_empty(int at, const char *path)
{
    int fd = openat(at, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = fd < 0 ? NULL : fdopendir(fd);
    bool empty = dir != NULL;
    struct dirent *entry;
    if (dir == NULL) {
        if (fd >= 0)
            close(fd);
        return false;
    }
    while (empty && (errno = 0, entry = readdir(dir)) != NULL)
        empty = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
    empty = empty && errno == 0;
    closedir(dir);
    return empty;
}

int fs_scratch(int at, struct fault *fault)
{
    char name[64];
    for (unsigned try = 0; try < NAMES_TRIED; try++) {
        snprintf(name, sizeof name, "tmp_scratch_%ld_%u", (long)getpid(), try);
        int fd = openat(at, name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
        if (fd >= 0) {
            unlinkat(at, name, 0);
            return fd;
        }
        if (errno != EEXIST)
            break;
    }
    return failed(fault, "create", name);
}

static int sync_above(int at, const char *path, struct fault *fault)
{
    char above[PATH_BYTES] = ".";
    const char *slash = strrchr(path, '/');
    if (slash && slash > path) {
        memcpy(above, path, (size_t)(slash - path));
        above[slash - path] = '\0';
    }
    return fs_sync_dir(at, slash == path ? "/" : above, fault);
}

static int lock_name(const char *path, char out[PATH_BYTES], struct fault *fault)
{
    if (snprintf(out, PATH_BYTES, "%s.lock", path) >= PATH_BYTES)
        return fault_set(fault, FAULT_LOCAL, "a path of %zu bytes", strlen(path));
    return 0;
}

int fs_behind_links(int at, const char *path, char *out, size_t room, struct fault *fault)
{
    char link[PATH_BYTES];
    size_t used = strlen(path), from = 0;
    ssize_t size = 0;
    for (int depth = 0; depth < LINKS_MAX && used < room; depth++) {
        memcpy(out + from, depth ? link : path, depth ? (size_t)size : used);
        out[used] = '\0';
        size = readlinkat(at, out, link, sizeof link);
        if (size < 0)
            return 0;
        const char *slash = *link == '/' ? NULL : strrchr(out, '/');
        from = slash ? (size_t)(slash - out) + 1 : 0;
        used = from + (size_t)size;
    }
    return fault_set(fault, FAULT_LOCAL, "'%.400s': too long, or a link to itself", path);
}

int fs_lock(int at, const char *path, struct fault *fault)
{
    char lock[PATH_BYTES];
    if (lock_name(path, lock, fault) < 0)
        return -1;
    int fd = openat(at, lock, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
    if (fd < 0 && errno == EEXIST)
        return fault_set(fault, FAULT_LOCAL,
                         "'%s' exists: another git is at work, or one has died here", lock);
    return fd < 0 ? failed(fault, "create", lock) : fd;
}

int fs_unlock(int at, const char *path, int fd, int rc, bool sync, struct fault *fault)
{
    char lock[PATH_BYTES];
    lock_name(path, lock, fault);
    if (rc == 0 && sync)
        rc = fs_sync_file(fd, path, fault);
    if (close(fd) < 0 && rc == 0)
        rc = failed(fault, "write", path);
    if (rc == 0 && renameat(at, lock, at, path) < 0)
        rc = failed(fault, "rename to", path);
    if (rc < 0)
        unlinkat(at, lock, 0);
    return rc == 0 && sync ? sync_above(at, path, fault) : rc;
}

int fs_write(int at, const char *path, const void *bytes, size_t size, bool sync,
             struct fault *fault)
{
    int fd = fs_lock(at, path, fault);
    if (fd < 0)
        return -1;
    return fs_unlock(at, path, fd, fs_put(fd, bytes, size, path, fault), sync, fault);
}
