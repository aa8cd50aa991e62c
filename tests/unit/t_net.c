/* SPDX-License-Identifier: MIT */
/* H7: deadlines, over loopback. Both ends are in this process: the kernel accepts for us. */
#include "t.h"
#include "net/net.h"
#include "system/interrupt.h"
#include "system/monotonic.h"

#include <arpa/inet.h>
#include <errno.h>
#include <limits.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

enum { WATCHDOG_S = 60 };

/* Deadlines that are not what a row is about are far away. */
static const struct net_limits patient = {.connect_ms = 30000, .idle_ms = 30000, .rate_ms = 30000};

static struct fault fault;

static int listen_on_loopback(int backlog, unsigned *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t size = sizeof address;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) < 0 ||
        listen(fd, backlog) < 0 || getsockname(fd, (struct sockaddr *)&address, &size) < 0) {
        perror("loopback");
        exit(2);
    }
    *port = ntohs(address.sin_port);
    return fd;
}

/* A connection, and its other end in *PEER. */
static struct net *connected(const struct net_limits *limits, int *peer)
{
    unsigned port;
    int listener = listen_on_loopback(8, &port);
    fault_clear(&fault);
    struct net *net = net_open("127.0.0.1", port, limits, &fault);
    if (!net) {
        printf("%s\n", fault.text);
        exit(2);
    }
    *peer = accept(listener, NULL, NULL);
    close(listener);
    return net;
}

static void says(enum fault_class class, const char *sentence)
{
    CHECK(fault.class == class && strstr(fault.text, sentence), "class %d \"%s\", expected \"%s\"",
          (int)fault.class, fault.text, sentence);
}

static void opening(void)
{
    unsigned port;
    int peer, listener = listen_on_loopback(8, &port);
    fault_clear(&fault);
    struct net *net = net_open("localhost", port, &patient, &fault);
    CHECK(net, "an address that refuses stops the others: %s", fault.text);
    net_close(net);
    close(listener);
    CHECK(!net_open("127.0.0.1", port, &patient, &fault), "connected to nobody");
    says(FAULT_NETWORK, "cannot connect to 127.0.0.1:");
    says(FAULT_NETWORK, "refused");
    fault_clear(&fault);
    CHECK(!net_open("a..b", 80, &patient, &fault), "no such name");
    says(FAULT_NETWORK, "cannot connect to a..b:80: ");
    net = connected(&patient, &peer);
    net_close(net);
    close(peer);
    net_close(NULL);
}

/* A listener whose queue is full drops what else comes, as a host that is off does. */
static void connect_deadline(void)
{
    unsigned port;
    int count = 0, listener = listen_on_loopback(0, &port);
    struct net_limits limits = patient;
    struct net *net;
    struct net *nets[64];
    limits.connect_ms = 100;
    fault_clear(&fault);
    while (count < 64 && (net = net_open("127.0.0.1", port, &limits, &fault)))
        nets[count++] = net;
    CHECK(count < 64, "the queue never fills");
    says(FAULT_NETWORK, "no answer within 100 ms");
    while (count > 0)
        net_close(nets[--count]);
    close(listener);
}

static void idle(void)
{
    struct net_limits limits = patient;
    unsigned char byte;
    size_t got;
    int peer;
    limits.idle_ms = 100;
    struct net *net = connected(&limits, &peer);
    CHECK(net_receive(net, &byte, 1, &got) < 0, "received from a silent peer");
    says(FAULT_NETWORK, "not a byte went for 100 ms (--idle-timeout)");
    fault_clear(&fault);
    static const unsigned char much[1 << 20];
    int rc = 0;
    for (int i = 0; i < 64 && rc == 0; i++)
        rc = net_send(net, much, sizeof much);
    CHECK(rc < 0, "sent 64 MiB to a peer that does not read");
    says(FAULT_NETWORK, "not a byte went for 100 ms");
    net_close(net);
    close(peer);
}

static void whole_deadline(void)
{
    struct net_limits limits = patient;
    unsigned char byte;
    size_t got;
    int peer;
    struct net *net = connected(&limits, &peer);
    net_deadline_begin(net, "the handshake", 100, "--connect-timeout");
    CHECK(net_receive(net, &byte, 1, &got) < 0, "received from a silent peer");
    says(FAULT_NETWORK, "the handshake did not end within 100 ms (--connect-timeout)");
    fault_clear(&fault);
    CHECK(send(peer, "x", 1, 0) == 1, "send");
    CHECK(net_receive(net, &byte, 1, &got) < 0, "a peer that drips gets past the deadline");
    fault_clear(&fault);
    net_deadline_end(net);
    CHECK(net_receive(net, &byte, 1, &got) == 1 && got == 1 && byte == 'x', "%s", fault.text);
    net_close(net);
    close(peer);
}

static void minimum_rate(void)
{
    struct net_limits limits = patient;
    unsigned char bytes[16];
    size_t got;
    int peer, rc;
    limits.rate = 100000;
    limits.rate_ms = 100;
    struct net *net = connected(&limits, &peer);
    pid_t child = fork();
    while (child == 0) {
        if (send(peer, "x", 1, MSG_NOSIGNAL) < 0)
            _exit(0);
        poll(NULL, 0, 3);
    }
    for (int i = 0; i < 50; i++)
        if (net_receive(net, bytes, sizeof bytes, &got) != 1)
            break;
    CHECK(fault.class == FAULT_NONE, "the rate holds before net_rate_begin(): %s", fault.text);
    net_rate_begin(net);
    while ((rc = net_receive(net, bytes, sizeof bytes, &got)) == 1)
        net_rate_add(net, got);
    CHECK(rc < 0, "a dripping peer ended");
    says(FAULT_NETWORK, "is too slow: ");
    CHECK(!strstr(fault.text, " 0 bytes in 100 ms"), "%s", fault.text);
    says(FAULT_NETWORK, "in 100 ms, at least 10000 were due (--min-rate)");
    net_rate_end(net);
    fault_clear(&fault);
    net_rate_begin(net);
    while ((rc = net_receive(net, bytes, sizeof bytes, &got)) == 1)
        continue;
    says(FAULT_NETWORK, "is too slow: 0 bytes in 100 ms");
    net_rate_end(net);
    fault_clear(&fault);
    CHECK(net_receive(net, bytes, sizeof bytes, &got) == 1, "%s", fault.text);
    net_close(net);
    close(peer);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
}

/* --limit-rate: pauses are ours, and count for no limit of the other side. */
static void maximum_rate(void)
{
    static unsigned char sent[8000];
    struct net_limits limits = patient;
    unsigned char bytes[sizeof sent];
    size_t got = 0, received = 0;
    int peer;
    limits.idle_ms = 30;
    limits.rate = UINT_MAX;
    limits.rate_ms = 30;
    limits.rate_most = 10000;
    struct net *net = connected(&limits, &peer);
    CHECK(send(peer, sent, sizeof sent, 0) == (ssize_t)sizeof sent, "send");
    net_rate_begin(net);
    net_deadline_begin(net, "the body", 400, "--idle-timeout");
    int64_t began = monotonic_us();
    while (received < sizeof sent && net_receive(net, bytes, sizeof bytes, &got) == 1) {
        CHECK(got <= 1250, "%zu bytes at once", got);
        received += got;
    }
    int64_t ms = (monotonic_us() - began) / 1000;
    CHECK(received == sizeof sent, "%zu bytes, then %s", received, fault.text);
    /* A quarter of a second is given at first, an eighth is what the last piece costs. */
    CHECK(ms >= 800 - 250 - 125, "8000 bytes in %lld ms", (long long)ms);
    /* A signal ends a pause. */
    interrupt_seen = 1;
    CHECK(net_receive(net, bytes, sizeof bytes, &got) < 0, "received after a signal");
    says(FAULT_INTERRUPTED, "interrupted");
    interrupt_seen = 0;
    net_close(net);
    close(peer);
}

static void on_alarm(int signal_number)
{
    (void)signal_number;
    interrupt_seen = 1;
}

static void interrupts(void)
{
    struct sigaction action = {.sa_handler = on_alarm}, before;
    struct itimerval soon = {.it_value = {.tv_usec = 50000}};
    unsigned char byte;
    size_t got;
    int peer;
    struct net *net = connected(&patient, &peer);
    sigaction(SIGALRM, &action, &before);
    setitimer(ITIMER_REAL, &soon, NULL);
    CHECK(net_receive(net, &byte, 1, &got) < 0, "received from a silent peer");
    says(FAULT_INTERRUPTED, "interrupted");
    fault_clear(&fault);
    CHECK(net_send(net, "x", 1) < 0 && fault.class == FAULT_INTERRUPTED, "%s", fault.text);
    fault_clear(&fault);
    CHECK(!net_open("127.0.0.1", 1, &patient, &fault), "opened");
    says(FAULT_INTERRUPTED, "interrupted");
    interrupt_seen = 0;
    sigaction(SIGALRM, &before, NULL);
    alarm(WATCHDOG_S);
    net_close(net);
    close(peer);
}

static void ends(void)
{
    unsigned char bytes[4];
    size_t got;
    int peer, rc = 0;
    struct net *net = connected(&patient, &peer);
    CHECK(!net_stale(net), "stale when nothing came");
    CHECK(send(peer, "ab", 2, 0) == 2, "send");
    CHECK(net_receive(net, bytes, 1, &got) == 1 && bytes[0] == 'a', "%s", fault.text);
    CHECK(net_stale(net), "not stale though a byte is left");
    CHECK(net_receive(net, bytes, 4, &got) == 1 && got == 1 && bytes[0] == 'b', "%s", fault.text);
    shutdown(peer, SHUT_WR);
    CHECK(net_receive(net, bytes, 4, &got) == 0, "no end");
    CHECK(net_stale(net), "not stale though the peer has closed");
    close(peer);
    for (int i = 0; i < 1000 && rc == 0; i++)
        rc = net_send(net, "x", 1);
    CHECK(rc < 0, "sent to nobody");
    says(FAULT_NETWORK, "the server broke the connection off");
    net_farewell(net, "x", 1);
    net_close(net);
}

static void streams(void)
{
    static unsigned char big[20000], back[20002];
    int peer;
    struct net *net = connected(&patient, &peer);
    memset(big, 'b', sizeof big);
    CHECK(writer_put(net_writer(net), "a", 1) == 0, "%s", fault.text);
    CHECK(recv(peer, back, 1, MSG_DONTWAIT) < 0 && errno == EAGAIN, "not buffered");
    CHECK(writer_put(net_writer(net), big, sizeof big) == 0, "%s", fault.text);
    CHECK(writer_put(net_writer(net), "c", 1) == 0 && net_flush(net) == 0, "%s", fault.text);
    CHECK(recv(peer, back, sizeof back, MSG_WAITALL) == (ssize_t)sizeof back, "lost bytes");
    CHECK(back[0] == 'a' && memcmp(back + 1, big, sizeof big) == 0 && back[20001] == 'c', "order");
    CHECK(net_writer(net)->offset == sizeof back, "%d", (int)net_writer(net)->offset);
    CHECK(send(peer, back, sizeof back, 0) == (ssize_t)sizeof back, "send");
    shutdown(peer, SHUT_WR);
    memset(back, 0, sizeof back);
    CHECK(reader_read(net_reader(net), back, sizeof back) == 0 && back[20001] == 'c', "%s",
          fault.text);
    CHECK(reader_end(net_reader(net)) == 0, "%s", fault.text);
    CHECK(reader_tell(net_reader(net)) == sizeof back, "offset");
    net_close(net);
    close(peer);
}

int main(void)
{
    alarm(WATCHDOG_S);
    opening();
    connect_deadline();
    idle();
    whole_deadline();
    minimum_rate();
    maximum_rate();
    interrupts();
    ends();
    streams();
    return T_DONE();
}
