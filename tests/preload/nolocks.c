/* SPDX-License-Identifier: MIT */
/* A file system without locks (LD_PRELOAD; GNU or musl). */
#if defined(__linux__)
#define _GNU_SOURCE /* RTLD_NEXT */
#endif
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>

int fcntl64(int fd, int command, ...);

static int pass(int fd, int command, void *argument)
{
    if (command != F_SETLK)
        return ((int (*)(int, int, ...))dlsym(RTLD_NEXT, "fcntl"))(fd, command, argument);
    errno = ENOLCK;
    return -1;
}

int fcntl(int fd, int command, ...)
{
    va_list list;
    va_start(list, command);
    void *argument = va_arg(list, void *);
    va_end(list);
    return pass(fd, command, argument);
}

int fcntl64(int fd, int command, ...)
{
    va_list list;
    va_start(list, command);
    void *argument = va_arg(list, void *);
    va_end(list);
    return pass(fd, command, argument);
}
