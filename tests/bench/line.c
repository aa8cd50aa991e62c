/* SPDX-License-Identifier: MIT */
/* line PORT RATE DELAY FILE: a slow and long line to 127.0.0.1:PORT. It listens on a free port of
 * loopback and writes that to FILE; what passes is RATE bytes a second in each direction, all
 * connections together, and arrives DELAY / 2 milliseconds later. On SIGUSR1 it appends to FILE,
 * and forgets: bytes to the client, connections, and how often a client that had got something said
 * something again, which is a round trip. Ends when its parent does. */
#define _DEFAULT_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
    PAIRS = 16,   /* connections at a time */
    CHUNK = 8192, /* bytes that travel together */
    WAITING = 64, /* chunks on their way in one direction: more are not taken */
    LOOK_AROUND_MS = 500
};

struct chunk {
    double due; /* when it arrives */
    size_t size, sent;
    char bytes[CHUNK];
};

/* One direction of a connection. */
struct way {
    int from, to;
    struct chunk *chunks; /* a ring */
    unsigned first, count;
    bool over; /* nothing more comes */
};

struct pair {
    bool used, answered; /* the client has got something since it said something */
    struct way up, down;
};

static struct pair pairs[PAIRS];
static double rate, delay, busy_up, busy_down;
static unsigned long long bytes_down;
static unsigned connections, turns;
static volatile sig_atomic_t asked;

static void ask(int number)
{
    (void)number;
    asked = 1;
}

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void die(const char *why)
{
    fprintf(stderr, "line: %s\n", why);
    exit(2);
}

static struct way way_open(int from, int to)
{
    struct way way = {.from = from, .to = to, .chunks = calloc(WAITING, sizeof(struct chunk))};
    if (way.chunks == NULL)
        die("no memory");
    return way;
}

/* Takes a chunk, if one is there and has room. */
static void take(struct way *way, double *busy)
{
    struct chunk *chunk = &way->chunks[(way->first + way->count) % WAITING];
    ssize_t got = recv(way->from, chunk->bytes, CHUNK, MSG_DONTWAIT);
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    double start = now();
    if (*busy > start)
        start = *busy;
    chunk->size = got > 0 ? (size_t)got : 0;
    chunk->sent = 0;
    *busy = start + (double)chunk->size / rate;
    chunk->due = *busy + delay / 2;
    way->over = got <= 0;
    way->count++;
}

/* Hands over what has arrived. false: the way is at its end. */
static bool give(struct way *way)
{
    while (way->count > 0 && way->chunks[way->first].due <= now()) {
        struct chunk *chunk = &way->chunks[way->first];
        if (chunk->size == 0) {
            shutdown(way->to, SHUT_WR);
            way->count = 0;
            return false;
        }
        ssize_t put = send(way->to, chunk->bytes + chunk->sent, chunk->size - chunk->sent,
                           MSG_DONTWAIT | MSG_NOSIGNAL);
        if (put < 0)
            return errno == EAGAIN || errno == EINTR;
        chunk->sent += (size_t)put;
        if (chunk->sent < chunk->size)
            return true;
        way->first = (way->first + 1) % WAITING;
        way->count--;
    }
    return !(way->over && way->count == 0);
}

static void pair_open(int client, const struct sockaddr_in *server)
{
    int one = 1, fd = socket(AF_INET, SOCK_STREAM, 0);
    unsigned i = 0;
    while (i < PAIRS && pairs[i].used)
        i++;
    if (i == PAIRS || fd < 0 || connect(fd, (const struct sockaddr *)server, sizeof *server) < 0)
        die("cannot connect");
    setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    pairs[i] =
        (struct pair){.used = true, .up = way_open(client, fd), .down = way_open(fd, client)};
    connections++;
}

static void pair_close(struct pair *pair)
{
    close(pair->up.from);
    close(pair->up.to);
    free(pair->up.chunks);
    free(pair->down.chunks);
    pair->used = false;
}

static void pass(struct pair *pair)
{
    unsigned up = pair->up.count, down = pair->down.count;
    if (!pair->up.over && up < WAITING)
        take(&pair->up, &busy_up);
    if (!pair->down.over && down < WAITING)
        take(&pair->down, &busy_down);
    if (pair->up.count > up && !pair->up.over && pair->answered) {
        turns++;
        pair->answered = false;
    }
    if (pair->down.count > down && !pair->down.over) {
        bytes_down += pair->down.chunks[(pair->down.first + down) % WAITING].size;
        pair->answered = true;
    }
    bool goes_up = give(&pair->up), goes_down = give(&pair->down);
    if (!goes_down || (!goes_up && pair->down.over))
        pair_close(pair);
}

/* What there is to wait for: *UNTIL is when the next chunk arrives, if that is sooner. */
static nfds_t watch(struct pollfd *fds, const struct way *way, nfds_t count, double *until)
{
    if (!way->over && way->count < WAITING)
        fds[count++] = (struct pollfd){.fd = way->from, .events = POLLIN};
    if (way->count > 0 && way->chunks[way->first].due < *until)
        *until = way->chunks[way->first].due;
    return count;
}

static void tell(const char *path)
{
    FILE *out = fopen(path, "a");
    if (!out || fprintf(out, "%llu %u %u\n", bytes_down, connections, turns) < 0 ||
        fclose(out) != 0)
        die("cannot write the file");
    bytes_down = connections = turns = 0;
    asked = 0;
}

int main(int argc, char **argv)
{
    struct sockaddr_in here = {.sin_family = AF_INET}, server;
    socklen_t size = sizeof here;
    pid_t parent = getppid();
    if (argc != 5)
        die("PORT RATE DELAY FILE");
    here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    server = here;
    server.sin_port = htons((unsigned short)atoi(argv[1]));
    rate = atof(argv[2]);
    delay = atof(argv[3]) / 1000;
    signal(SIGUSR1, ask);
    signal(SIGPIPE, SIG_IGN);
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    if (listener < 0 || bind(listener, (struct sockaddr *)&here, sizeof here) < 0 ||
        listen(listener, PAIRS) < 0 || getsockname(listener, (struct sockaddr *)&here, &size) < 0)
        die("cannot listen");
    FILE *out = fopen(argv[4], "w");
    if (!out || fprintf(out, "%u\n", (unsigned)ntohs(here.sin_port)) < 0 || fclose(out) != 0)
        die("cannot write the file");
    while (getppid() == parent) {
        struct pollfd fds[1 + 2 * PAIRS] = {{.fd = listener, .events = POLLIN}};
        nfds_t count = 1;
        double until = now() + LOOK_AROUND_MS / 1000.0;
        for (unsigned i = 0; i < PAIRS; i++) {
            if (pairs[i].used) {
                count = watch(fds, &pairs[i].up, count, &until);
                count = watch(fds, &pairs[i].down, count, &until);
            }
        }
        double wait = (until - now()) * 1000;
        poll(fds, count, wait > 0 ? (int)wait + 1 : 0);
        if (asked)
            tell(argv[4]);
        if (fds[0].revents & POLLIN)
            pair_open(accept(listener, NULL, NULL), &server);
        for (unsigned i = 0; i < PAIRS; i++)
            if (pairs[i].used)
                pass(&pairs[i]);
    }
    return 0;
}
