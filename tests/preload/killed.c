/* SPDX-License-Identifier: MIT */
/* Kills a program at its Nth call that changes something on disk (LD_PRELOAD; GNU or musl):
 *
 *   KILLED_AT=N        SIGKILL just before call N; without it, or 0, never
 *   KILLED_COUNT=FILE  at the end the number of calls is written there
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

static void call(void)
{
    const char *at = getenv("KILLED_AT");
    if (++calls == (at ? atol(at) : 0))
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
    return REAL("fsync", int (*)(int))(fd);
}

int syncfs(int fd)
{
    call();
    return REAL("syncfs", int (*)(int))(fd);
}

ssize_t write(int fd, const void *bytes, size_t size)
{
    call();
    return REAL("write", ssize_t(*)(int, const void *, size_t))(fd, bytes, size);
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
