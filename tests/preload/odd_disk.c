/* SPDX-License-Identifier: MIT */
/* A file system that cannot do everything, for one program (LD_PRELOAD; GNU or musl):
 *
 *   ODD_SYMLINKS=ERRNO   symlink() fails with this number, as EPERM on FAT
 *   ODD_MODES=1          chmod() has no effect
 *   ODD_CASE=1           access() takes two names for one if only the case of their letters differs
 */
#if defined(__linux__)
#define _GNU_SOURCE /* RTLD_NEXT */
#endif
#include <ctype.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define REAL(name, type) ((type)dlsym(RTLD_NEXT, name))

int symlinkat(const char *target, int at, const char *path)
{
    const char *number = getenv("ODD_SYMLINKS");
    if (!number)
        return REAL("symlinkat", int (*)(const char *, int, const char *))(target, at, path);
    errno = atoi(number);
    return -1;
}

int symlink(const char *target, const char *path)
{
    return symlinkat(target, AT_FDCWD, path);
}

int fchmod(int fd, mode_t mode)
{
    struct stat st;
    if (getenv("ODD_MODES"))
        return fstat(fd, &st);
    return REAL("fchmod", int (*)(int, mode_t))(fd, mode);
}

int fchmodat(int at, const char *path, mode_t mode, int flags)
{
    if (getenv("ODD_MODES"))
        return faccessat(at, path, F_OK, 0);
    return REAL("fchmodat", int (*)(int, const char *, mode_t, int))(at, path, mode, flags);
}

int chmod(const char *path, mode_t mode)
{
    return fchmodat(AT_FDCWD, path, mode, 0);
}

int faccessat(int at, const char *path, int mode, int flags)
{
    int (*real)(int, const char *, int, int) =
        REAL("faccessat", int (*)(int, const char *, int, int));
    char lower[4096];
    if (!getenv("ODD_CASE") || strlen(path) >= sizeof lower || real(at, path, mode, flags) == 0)
        return real(at, path, mode, flags);
    strcpy(lower, path);
    char *slash = strrchr(lower, '/');
    for (char *c = slash ? slash : lower; *c; c++)
        *c = (char)tolower((unsigned char)*c);
    return real(at, lower, mode, flags);
}

int access(const char *path, int mode)
{
    return faccessat(AT_FDCWD, path, mode, 0);
}
