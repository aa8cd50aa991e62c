/* SPDX-License-Identifier: MIT */
/* Kills a program at its Nth call that changes something on disk (LD_PRELOAD; GNU or musl):
 *
 *   KILLED_AT=N        SIGKILL just before call N; without it, or 0, never
 *   KILLED_COUNT=FILE  at the end the number of calls is written there
 *   POWER_LOST=1       the power goes with it: what was written to a file since it was last synced
 * is lost, and all before it, while its name stays, as disks and file systems may do
 */
#if defined(__linux__)
#define _GNU_SOURCE /* RTLD_NEXT */
#endif
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static long calls;

/* Files that were written to and not synced, by descriptors of our own. */
enum { UNSYNCED = 256, FAR = 300 /* so that the program's descriptors keep their numbers */ };
static struct {
    int fd;
    struct stat st;
} unsynced[UNSYNCED];
static int unsynced_count;

static int find(const struct stat *st)
{
    for (int i = 0; i < unsynced_count; i++)
        if (unsynced[i].st.st_ino == st->st_ino && unsynced[i].st.st_dev == st->st_dev)
            return i;
    return -1;
}

static void written(int fd)
{
    struct stat st;
    if (getenv("POWER_LOST") == NULL || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) ||
        find(&st) >= 0)
        return;
    int own = fcntl(fd, F_DUPFD_CLOEXEC, FAR);
    if (own < 0 || unsynced_count == UNSYNCED)
        abort();
    unsynced[unsynced_count].fd = own;
    unsynced[unsynced_count++].st = st;
}

static void synced(int i)
{
    close(unsynced[i].fd);
    unsynced[i] = unsynced[--unsynced_count];
}

static void call(void)
{
    const char *at = getenv("KILLED_AT");
    if (++calls != (at ? atol(at) : 0))
        return;
    for (int i = 0; i < unsynced_count; i++)
        if (ftruncate(unsynced[i].fd, 0) < 0)
            abort();
    kill(getpid(), SIGKILL);
}

__attribute__((destructor)) static void report(void)
{
    const char *path = getenv("KILLED_COUNT");
    FILE *file = path ? fopen(path, "w") : NULL;
    if (file == NULL)
        return;
    fprintf(file, "%ld\n", calls);
    fclose(file);
}

#define REAL(name, type) ((type)dlsym(RTLD_NEXT, name))

int mkdirat(int at, const char *path, mode_t mode)
{
    call();
    return REAL("mkdirat", int (*)(int, const char *, mode_t))(at, path, mode);
}

int mkdir(const char *path, mode_t mode)
{
    call();
    return REAL("mkdir", int (*)(const char *, mode_t))(path, mode);
}

int renameat(int from, const char *old, int to, const char *new)
{
    call();
    return REAL("renameat", int (*)(int, const char *, int, const char *))(from, old, to, new);
}

int linkat(int from, const char *old, int to, const char *new, int flags)
{
    call();
    return REAL("linkat", int (*)(int, const char *, int, const char *, int))(from, old, to, new,
                                                                              flags);
}

int unlinkat(int at, const char *path, int flags)
{
    call();
    return REAL("unlinkat", int (*)(int, const char *, int))(at, path, flags);
}

int symlinkat(const char *target, int at, const char *path)
{
    call();
    return REAL("symlinkat", int (*)(const char *, int, const char *))(target, at, path);
}

int fsync(int fd)
{
    call();
    struct stat st;
    int rc = REAL("fsync", int (*)(int))(fd);
    if (rc == 0 && fstat(fd, &st) == 0 && find(&st) >= 0)
        synced(find(&st));
    return rc;
}

int syncfs(int fd)
{
    call();
    int rc = REAL("syncfs", int (*)(int))(fd);
    while (rc == 0 && unsynced_count > 0)
        synced(0);
    return rc;
}

ssize_t write(int fd, const void *bytes, size_t size)
{
    call();
    written(fd);
    return REAL("write", ssize_t(*)(int, const void *, size_t))(fd, bytes, size);
}

ssize_t pwrite(int fd, const void *bytes, size_t size, off_t offset)
{
    written(fd);
    return REAL("pwrite", ssize_t(*)(int, const void *, size_t, off_t))(fd, bytes, size, offset);
}

ssize_t pwrite64(int fd, const void *bytes, size_t size, off_t offset)
{
    written(fd);
    return REAL("pwrite64", ssize_t(*)(int, const void *, size_t, off_t))(fd, bytes, size, offset);
}

static int open_one(const char *name, int at, const char *path, int flags, mode_t mode)
{
    if (flags & O_CREAT)
        call();
    return REAL(name, int (*)(int, const char *, int, ...))(at, path, flags, mode);
}

int openat(int at, const char *path, int flags, ...)
{
    va_list list;
    va_start(list, flags);
    mode_t mode = flags & O_CREAT ? (mode_t)va_arg(list, int) : 0;
    va_end(list);
    return open_one("openat", at, path, flags, mode);
}

int openat64(int at, const char *path, int flags, ...)
{
    va_list list;
    va_start(list, flags);
    mode_t mode = flags & O_CREAT ? (mode_t)va_arg(list, int) : 0;
    va_end(list);
    return open_one("openat64", at, path, flags, mode);
}
