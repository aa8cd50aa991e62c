/* SPDX-License-Identifier: MIT */
/* One attempt after the other. Each address gets its share of the time that is left, so that one
 * that swallows packets does not starve the next. */
#include "net/attempts.h"

#include "system/interrupt.h"
#include "system/monotonic.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

int attempts_connect(const struct resolve_address *addresses, size_t count, int64_t until)
{
    int last = ECONNREFUSED;
    for (; count > 0 && !interrupt_seen; addresses++, count--) {
        int64_t now = monotonic_us();
        int fd = attempt_begin(addresses);
        if (fd < 0) {
            last = errno;
            continue;
        }
        int rc = attempt_wait(fd, POLLOUT, now + (until - now) / (int64_t)count);
        last = rc > 0 ? attempt_result(fd) : rc == 0 ? ETIMEDOUT : errno;
        if (last == 0)
            return fd;
        close(fd);
    }
    errno = last;
    return -1;
}
