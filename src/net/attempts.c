/* SPDX-License-Identifier: MIT */
/* Connection attempts that overlap (RFC 8305, "Happy Eyeballs"): the next address is tried when the
 * one before has failed, or has not answered for NEXT_US; the first that answers is taken. So an
 * address that swallows packets, as half-dead IPv6 lines do, costs a quarter of a second and not
 * its share of the time. Versions 4 and 6 take turns, beginning with the one that the resolver
 * prefers (section 4). */
#include "net/attempts.h"

#include "system/interrupt.h"
#include "system/monotonic.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <unistd.h>

enum { NEXT_US = 250000 }; /* section 5: "Connection Attempt Delay" */

/* A server that counts objects may be silent for minutes. What is between forgets a silent
 * connection after 4 minutes and more (home routers, balancers), and TCP's own 2 hours are too
 * late. */
enum {
    ALIVE_IDLE_S = 60, /* of silence, then the other side is asked */
    ALIVE_AGAIN_S = 15,
    ALIVE_TIMES = 4 /* questions without an answer, then the connection is dead: after 2 minutes */
};

struct attempts {
    const struct resolve_address *addresses[RESOLVE_MAX]; /* in the order in which they are tried */
    struct pollfd fds[RESOLVE_MAX];
    size_t count, begun, open;
    int last; /* errno of the last that failed */
};

/* RFC 1122, section 4.2.3.6. It works without, if need be. */
static void keep_alive(int fd)
{
    static const struct {
        int level, name, value;
    } options[] = {
        {SOL_SOCKET, SO_KEEPALIVE, 1},
#ifdef TCP_KEEPIDLE
        {IPPROTO_TCP, TCP_KEEPIDLE, ALIVE_IDLE_S},
        {IPPROTO_TCP, TCP_KEEPINTVL, ALIVE_AGAIN_S},
        {IPPROTO_TCP, TCP_KEEPCNT, ALIVE_TIMES},
#endif
    };
    for (size_t i = 0; i < sizeof options / sizeof *options; i++)
        setsockopt(fd, options[i].level, options[i].name, &options[i].value,
                   sizeof options[i].value);
}

static void take_turns(struct attempts *attempts, const struct resolve_address *addresses,
                       size_t count)
{
    int family = addresses[0].storage.ss_family;
    size_t own = 0, other = 0;
    for (attempts->count = 0; attempts->count < count;) {
        while (own < count && addresses[own].storage.ss_family != family)
            own++;
        if (own < count)
            attempts->addresses[attempts->count++] = &addresses[own++];
        while (other < count && addresses[other].storage.ss_family == family)
            other++;
        if (other < count)
            attempts->addresses[attempts->count++] = &addresses[other++];
    }
}

static void begin_next(struct attempts *attempts)
{
    int fd = attempt_begin(attempts->addresses[attempts->begun++]);
    if (fd < 0)
        attempts->last = errno;
    else
        attempts->fds[attempts->open++] = (struct pollfd){.fd = fd, .events = POLLOUT};
}

/* Those that have an answer: a socket when one is connected; else -1. */
static int look(struct attempts *attempts)
{
    for (size_t i = 0; i < attempts->open;) {
        int fd = attempts->fds[i].fd;
        if (attempts->fds[i].revents == 0) {
            i++;
            continue;
        }
        attempts->fds[i] = attempts->fds[--attempts->open];
        int error = attempt_result(fd);
        if (error == 0)
            return fd;
        attempts->last = error;
        close(fd);
    }
    return -1;
}

/* Waits for an answer, or for WAKE. */
static void wait_until(struct attempts *attempts, int64_t wake)
{
    int64_t left_ms = (wake - monotonic_us() + 999) / 1000;
    for (size_t i = 0; i < attempts->open; i++)
        attempts->fds[i].revents = 0;
    if (left_ms > 0)
        poll(attempts->fds, (nfds_t)attempts->open,
             left_ms < ATTEMPT_SLICE_MS ? (int)left_ms : ATTEMPT_SLICE_MS);
}

int attempts_connect(const struct resolve_address *addresses, size_t count, int64_t until)
{
    struct attempts attempts = {.last = ECONNREFUSED};
    int64_t next = monotonic_us();
    int fd = -1;
    take_turns(&attempts, addresses, count);
    while (fd < 0 && (attempts.begun < attempts.count || attempts.open > 0)) {
        int64_t now = monotonic_us();
        if (interrupt_seen || now >= until) {
            attempts.last = interrupt_seen ? EINTR : ETIMEDOUT;
            break;
        }
        if (attempts.begun < attempts.count && (attempts.open == 0 || now >= next)) {
            begin_next(&attempts);
            next = now + NEXT_US;
            continue;
        }
        wait_until(&attempts, attempts.begun < attempts.count && next < until ? next : until);
        fd = look(&attempts);
    }
    while (attempts.open > 0)
        close(attempts.fds[--attempts.open].fd);
    if (fd >= 0)
        keep_alive(fd);
    errno = attempts.last;
    return fd;
}
