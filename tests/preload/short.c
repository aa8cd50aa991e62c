/* SPDX-License-Identifier: MIT */
/* Calls that move fewer bytes than they were asked for (LD_PRELOAD, GNU C library):
 *
 *   SHORT=N     read, pread, write, pwrite, recv and send move at most N bytes each
 *   REFUSED=N   send of over N bytes waits for an answer, and then fails as if the other side had
 *               read no more
 */
#define _GNU_SOURCE /* RTLD_NEXT, off64_t */
#include <dlfcn.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static size_t less(size_t size)
{
    const char *text = getenv("SHORT");
    size_t most = text ? (size_t)atol(text) : size;
    return size < most ? size : most;
}

#define REAL(name, type) ((type)dlsym(RTLD_NEXT, name))

ssize_t read(int fd, void *bytes, size_t size)
{
    return REAL("read", ssize_t(*)(int, void *, size_t))(fd, bytes, less(size));
}

ssize_t pread(int fd, void *bytes, size_t size, off_t offset)
{
    return REAL("pread", ssize_t(*)(int, void *, size_t, off_t))(fd, bytes, less(size), offset);
}

ssize_t pread64(int fd, void *bytes, size_t size, off64_t offset)
{
    return REAL("pread64", ssize_t(*)(int, void *, size_t, off64_t))(fd, bytes, less(size), offset);
}

ssize_t pwrite64(int fd, const void *bytes, size_t size, off64_t offset)
{
    return REAL("pwrite64", ssize_t(*)(int, const void *, size_t, off64_t))(fd, bytes, less(size),
                                                                            offset);
}

ssize_t write(int fd, const void *bytes, size_t size)
{
    return REAL("write", ssize_t(*)(int, const void *, size_t))(fd, bytes, less(size));
}

ssize_t recv(int fd, void *bytes, size_t size, int flags)
{
    return REAL("recv", ssize_t(*)(int, void *, size_t, int))(fd, bytes, less(size), flags);
}

ssize_t send(int fd, const void *bytes, size_t size, int flags)
{
    const char *text = getenv("REFUSED");
    ssize_t sent =
        REAL("send", ssize_t(*)(int, const void *, size_t, int))(fd, bytes, less(size), flags);
    if (sent < 0 || text == NULL || size <= (size_t)atol(text))
        return sent;
    poll(&(struct pollfd){.fd = fd, .events = POLLIN}, 1, -1);
    errno = ECONNRESET;
    return -1;
}
