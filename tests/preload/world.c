/* SPDX-License-Identifier: MIT */
/* A world that is out of order, for one program (LD_PRELOAD, GNU C library):
 *
 *   WORLD_CLOCK=SECONDS   time() says so
 *   WORLD_NO_ENTROPY=1    the TLS library finds no source of random numbers
 *   WORLD_NO_CA=1         access() finds nothing below /etc
 *   WORLD_CALLOCS=N       calloc() fails after N calls
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

void *__libc_calloc(size_t count, size_t size);
int mbedtls_entropy_func(void *data, unsigned char *output, size_t size);

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

/* Without WORLD_NO_ENTROPY this is no good source, but one that will do for a test. */
int mbedtls_entropy_func(void *data, unsigned char *output, size_t size)
{
    (void)data;
    int fd = getenv("WORLD_NO_ENTROPY") ? -1 : open("/dev/urandom", O_RDONLY);
    ssize_t got = fd < 0 ? -1 : read(fd, output, size);
    if (fd >= 0)
        close(fd);
    return got == (ssize_t)size ? 0 : -0x3c; /* MBEDTLS_ERR_ENTROPY_SOURCE_FAILED */
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
