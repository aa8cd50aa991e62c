/* SPDX-License-Identifier: MIT */
/* A world that is out of order, for one program (LD_PRELOAD, GNU C library):
 *
 *   WORLD_CLOCK=SECONDS   time() says so
 *   WORLD_NO_ENTROPY=1    the kernel has no entropy yet, and half a minute passes at once
 *   WORLD_NO_CA=1         access() finds nothing below /etc
 *   WORLD_CALLOCS=N       calloc() fails after N calls
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

void *__libc_calloc(size_t count, size_t size);

time_t time(time_t *out)
{
    struct timespec now;
    const char *said = getenv("WORLD_CLOCK");
    clock_gettime(CLOCK_REALTIME, &now);
    time_t moment = said ? (time_t)atoll(said) : now.tv_sec;
    if (out)
        *out = moment;
    return moment;
}

/* What an alarm does to the wait for entropy. */
ssize_t getrandom(void *bytes, size_t size, unsigned flags)
{
    if (getenv("WORLD_NO_ENTROPY")) {
        errno = EINTR;
        return -1;
    }
    return syscall(SYS_getrandom, bytes, size, flags);
}

int access(const char *path, int mode)
{
    if (getenv("WORLD_NO_CA") && strncmp(path, "/etc/", 5) == 0) {
        errno = ENOENT;
        return -1;
    }
    return faccessat(AT_FDCWD, path, mode, 0);
}

void *calloc(size_t count, size_t size)
{
    static long long calls;
    const char *most = getenv("WORLD_CALLOCS");
    if (most && ++calls > atoll(most)) {
        errno = ENOMEM;
        return NULL;
    }
    return __libc_calloc(count, size);
}
