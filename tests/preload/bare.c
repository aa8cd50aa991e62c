/* SPDX-License-Identifier: MIT */
/* A machine that has too little, for one program (LD_PRELOAD, GNU C library):
 *
 *   BARE_FAIL=N        the Nth allocation fails, those after it do not
 *   BARE_FAIL_FROM=N   the Nth and all after it fail
 *   BARE_COUNT=FILE    at the end the number of allocations is written there
 *   BARE_DISK=BYTES    regular files take so many bytes, then the disk is full
 *   BARE_FREE=BLOCKS   file systems say that they have so many blocks of 4096 bytes free
 *   BARE_INODES=N      and so many inodes
 *   BARE_SIZE=BLOCKS   and that they are so large; 0 is what those say that do not know
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <unistd.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);

static atomic_llong calls, written;

static long long setting(const char *name, long long otherwise)
{
    const char *value = getenv(name);
    return value ? atoll(value) : otherwise;
}

static int fails(void)
{
    static _Thread_local int asking;
    if (asking)
        return 0;
    asking = 1;
    long long number = atomic_fetch_add(&calls, 1) + 1, from = setting("BARE_FAIL_FROM", 0);
    int rc = number == setting("BARE_FAIL", 0) || (from > 0 && number >= from);
    asking = 0;
    if (rc)
        errno = ENOMEM;
    return rc;
}

void *malloc(size_t size)
{
    return fails() ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    return fails() ? NULL : __libc_calloc(count, size);
}

void *realloc(void *old, size_t size)
{
    return fails() ? NULL : __libc_realloc(old, size);
}

__attribute__((destructor)) static void report(void)
{
    const char *path = getenv("BARE_COUNT");
    char text[32];
    int size = snprintf(text, sizeof text, "%lld\n", (long long)calls);
    int fd = path ? open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644) : -1;
    if (fd < 0)
        return;
    syscall(SYS_write, fd, text, (size_t)size);
    close(fd);
}

ssize_t write(int fd, const void *bytes, size_t size)
{
    struct stat st;
    long long disk = setting("BARE_DISK", -1);
    if (disk >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && size > 0) {
        long long left = disk - atomic_load(&written);
        if (left <= 0) {
            errno = ENOSPC;
            return -1;
        }
        if ((long long)size > left)
            size = (size_t)left;
        atomic_fetch_add(&written, (long long)size);
    }
    return syscall(SYS_write, fd, bytes, size);
}

int fstatvfs(int fd, struct statvfs *out)
{
    struct stat st;
    if (fstat(fd, &st) < 0)
        return -1;
    memset(out, 0, sizeof *out);
    out->f_bsize = out->f_frsize = 4096;
    out->f_blocks = (fsblkcnt_t)setting("BARE_SIZE", 1 << 30);
    out->f_bfree = out->f_bavail = (fsblkcnt_t)setting("BARE_FREE", 1 << 29);
    out->f_files = (fsfilcnt_t)setting("BARE_INODES", 1 << 30) + 1;
    out->f_ffree = out->f_favail = (fsfilcnt_t)setting("BARE_INODES", 1 << 30);
    return 0;
}

int fstatvfs64(int fd, struct statvfs64 *out)
{
    return fstatvfs(fd, (struct statvfs *)out);
}
