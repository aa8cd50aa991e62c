/* SPDX-License-Identifier: MIT */
#include "net/attempts.h"

#include "system/interrupt.h"
#include "system/monotonic.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <unistd.h>

int attempt_begin(const struct resolve_address *address)
{
    int fd = socket(address->storage.ss_family, SOCK_STREAM, IPPROTO_TCP), one = 1;
    if (fd < 0)
        return -1;
    int flags = fcntl(fd, F_GETFL);
    if (flags >= 0 && fcntl(fd, F_SETFL, flags | O_NONBLOCK) == 0 &&
        fcntl(fd, F_SETFD, FD_CLOEXEC) == 0) {
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        if (connect(fd, (const struct sockaddr *)&address->storage, address->size) == 0 ||
            errno == EINPROGRESS || errno == EINTR)
            return fd;
    }
    int error = errno;
    close(fd);
    errno = error;
    return -1;
}

int attempt_result(int socket)
{
    int error = 0;
    socklen_t size = sizeof error;
    return getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &size) < 0 ? errno : error;
}

int attempt_wait(int socket, short events, int64_t until)
{
    for (;;) {
        int64_t left_ms = (until - monotonic_us() + 999) / 1000;
        if (interrupt_seen) {
            errno = EINTR;
            return -1;
        }
        if (left_ms <= 0)
            return 0;
        struct pollfd fd = {.fd = socket, .events = events};
        int rc = poll(&fd, 1, left_ms < ATTEMPT_SLICE_MS ? (int)left_ms : ATTEMPT_SLICE_MS);
        if (rc > 0)
            return 1;
        if (rc < 0 && errno != EINTR)
            return -1;
    }
}
