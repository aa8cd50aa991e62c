/* SPDX-License-Identifier: MIT */
/* Several addresses of one host, over loopback: one that swallows what is sent to it keeps nobody
 * waiting, and the first that answers is taken. A watchdog ends what waits. */
#include "net/attempts.h"
#include "system/interrupt.h"
#include "system/monotonic.h"
#include "t.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/time.h>
#include <unistd.h>

enum {
    WATCHDOG_S = 60,
    QUICK_S = 8, /* for what takes a quarter of a second; an address's share of the time would be
                    longer */
    PATIENT_US = 40 * 1000 * 1000
};

static unsigned port;

/* 127.0.0.HOST, at the port of all of them. */
static struct resolve_address at(unsigned host)
{
    struct resolve_address address = {.size = sizeof(struct sockaddr_in)};
    struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    in.sin_addr.s_addr = htonl(0x7f000000U | host);
    memcpy(&address.storage, &in, sizeof in);
    return address;
}

static int listener(unsigned host, int backlog)
{
    struct resolve_address address = at(host);
    socklen_t size = address.size;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address.storage, size) < 0 ||
        listen(fd, backlog) < 0 ||
        getsockname(fd, (struct sockaddr *)&address.storage, &size) < 0) {
        perror("loopback");
        exit(2);
    }
    port = ntohs(((struct sockaddr_in *)(void *)&address.storage)->sin_port);
    return fd;
}

/* A listener whose queue is full drops what asks for more: connect() waits. */
static void fill(unsigned host)
{
    struct resolve_address address = at(host);
    for (int i = 0; i < 4; i++)
        CHECK(attempt_begin(&address) >= 0, "%s", strerror(errno));
}

static int option(int fd, int level, int name)
{
    int value = -1;
    socklen_t size = sizeof value;
    return getsockopt(fd, level, name, &value, &size) < 0 ? -1 : value;
}

/* The host that a socket is connected to; 0: none. */
static unsigned taken(int fd)
{
    struct sockaddr_in in;
    socklen_t size = sizeof in;
    if (fd < 0 || getpeername(fd, (struct sockaddr *)&in, &size) < 0)
        return 0;
    CHECK(fcntl(fd, F_GETFL) & O_NONBLOCK, "it blocks");
    CHECK(option(fd, SOL_SOCKET, SO_KEEPALIVE) == 1, "nobody asks whether it is alive");
#ifdef TCP_KEEPIDLE
    CHECK(option(fd, IPPROTO_TCP, TCP_KEEPIDLE) <= 4 * 60, "routers have forgotten it");
    CHECK(option(fd, IPPROTO_TCP, TCP_KEEPINTVL) * option(fd, IPPROTO_TCP, TCP_KEEPCNT) <= 4 * 60,
          "dead for long");
#endif
    close(fd);
    return ntohl(in.sin_addr.s_addr) & 0xff;
}

static void check(const char *name, const unsigned *hosts, size_t count, unsigned expected)
{
    struct resolve_address addresses[RESOLVE_MAX];
    for (size_t i = 0; i < count; i++)
        addresses[i] = at(hosts[i]);
    alarm(QUICK_S);
    unsigned host = taken(attempts_connect(addresses, count, monotonic_us() + PATIENT_US));
    alarm(WATCHDOG_S);
    CHECK(host == expected, "%s: 127.0.0.%u, expected %u: %s", name, host, expected,
          strerror(errno));
}

static void hit(int signal)
{
    interrupt_seen = signal;
}

int main(void)
{
    alarm(WATCHDOG_S);
    port = 0;
    listener(2, 8);
    listener(1, 0);
    listener(3, 0);
    fill(1);
    fill(3);
    check("the first answers", (const unsigned[]){2, 1}, 2, 2);
    check("the first is refused", (const unsigned[]){9, 2}, 2, 2);
    check("the first swallows", (const unsigned[]){1, 2}, 2, 2);
    check("two swallow", (const unsigned[]){1, 3, 2}, 3, 2);
    check("some of each", (const unsigned[]){9, 1, 9, 3, 9, 2}, 6, 2);
    check("all are refused", (const unsigned[]){9, 10, 11}, 3, 0);
    CHECK(errno == ECONNREFUSED, "%s", strerror(errno));

    struct resolve_address swallow = at(1);
    CHECK(attempts_connect(&swallow, 1, monotonic_us() + 100000) < 0 && errno == ETIMEDOUT, "%s",
          strerror(errno));

    /* A signal ends it. */
    struct sigaction action = {.sa_handler = hit};
    struct itimerval soon = {.it_value = {.tv_usec = 50000}};
    sigaction(SIGALRM, &action, NULL);
    setitimer(ITIMER_REAL, &soon, NULL);
    CHECK(attempts_connect(&swallow, 1, monotonic_us() + PATIENT_US) < 0 && errno == EINTR, "%s",
          strerror(errno));
    return T_DONE();
}
