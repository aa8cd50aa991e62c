/* SPDX-License-Identifier: MIT */
/* relay PORT-FILE TARGET-PORT STAMP-FILE: passes connections on to 127.0.0.1:TARGET-PORT, one
 * process each, and keeps in STAMP-FILE when the server's last bytes passed (CLOCK_MONOTONIC).
 * Pieces too short to be data are not noted: a server answers the end of TLS with one of its own.
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { PIECE = 1 << 18, DATA_LEAST = 64, STAMP_SIZE = 32 };

static void stamp(int fd)
{
    struct timespec time;
    char text[STAMP_SIZE];
    clock_gettime(CLOCK_MONOTONIC, &time);
    int size = snprintf(text, sizeof text, "%10ld.%06ld\n", (long)time.tv_sec, time.tv_nsec / 1000);
    if (pwrite(fd, text, (size_t)size, 0) != size)
        exit(2);
}

/* One piece from FROM to TO: its size, 0 at the end. */
static size_t pass(int from, int to)
{
    static char piece[PIECE];
    ssize_t got = read(from, piece, sizeof piece);
    for (ssize_t done = 0, put; done < got; done += put)
        if ((put = write(to, piece + done, (size_t)(got - done))) <= 0)
            return 0;
    return got > 0 ? (size_t)got : 0;
}

static void carry(int client, int server, int stamps)
{
    struct pollfd fds[2] = {{.fd = client, .events = POLLIN}, {.fd = server, .events = POLLIN}};
    for (;;) {
        if (poll(fds, 2, -1) < 0)
            return;
        if (fds[0].revents && pass(client, server) == 0)
            return;
        if (fds[1].revents) {
            size_t size = pass(server, client);
            if (size == 0)
                return;
            if (size >= DATA_LEAST)
                stamp(stamps);
        }
    }
}

static int serve(int listener, struct sockaddr_in *target, int stamps)
{
    for (;;) {
        int on = 1, client = accept(listener, NULL, NULL);
        if (client < 0)
            return 2;
        if (fork() == 0) {
            int server = socket(AF_INET, SOCK_STREAM, 0);
            if (server < 0 || connect(server, (struct sockaddr *)target, sizeof *target) < 0)
                _exit(2);
            setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
            setsockopt(server, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
            carry(client, server, stamps);
            _exit(0);
        }
        close(client);
    }
}

int main(int argc, char **argv)
{
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof here;
    if (argc != 4)
        return 2;
    signal(SIGCHLD, SIG_IGN);
    signal(SIGPIPE, SIG_IGN);
    int stamps = open(argv[3], O_WRONLY | O_CREAT | O_TRUNC, 0600);
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    if (stamps < 0 || listener < 0 || bind(listener, (struct sockaddr *)&here, size) < 0 ||
        listen(listener, 16) < 0 || getsockname(listener, (struct sockaddr *)&here, &size) < 0)
        return 2;
    FILE *out = fopen(argv[1], "w");
    if (!out || fprintf(out, "%d\n", ntohs(here.sin_port)) < 0 || fclose(out) != 0)
        return 2;
    here.sin_port = htons((uint16_t)strtoul(argv[2], NULL, 10));
    return serve(listener, &here, stamps);
}
