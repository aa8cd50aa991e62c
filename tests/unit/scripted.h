/* SPDX-License-Identifier: MIT */
/* Sessions against a server that plays a script: a child process on 127.0.0.1. What it was asked
 * goes to a file and is looked at afterwards. */
#ifndef SMIDGIT_SCRIPTED_H
#define SMIDGIT_SCRIPTED_H

#include "remote/remote.h"
#include "t.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { EXCHANGES = 9 };

/* One answer; with an empty status there is none. The body is raw, or pkt-lines between '|' where
 * the type is one of git's; "0000" and "0001" stand for themselves, as does what comes after '=';
 * '~' is a NUL. */
struct exchange {
    const char *status, *type, *headers, *body;
    /* CLOSE_UNASKED: without saying so in the head. SURPLUS: bytes follow the body. */
    enum { KEEP, CLOSE, CLOSE_UNASKED, SURPLUS } then;
};

#define ADVERTISEMENT "application/x-git-upload-pack-advertisement"
#define RESULT "application/x-git-upload-pack-result"
#define V2 "# service=git-upload-pack|0000|version 2|agent=git/9|ls-refs=unborn|fetch=shallow|0000"
#define ID1 "1111111111111111111111111111111111111111"
#define ID2 "2222222222222222222222222222222222222222"

static const struct exchange advertise = {"200 OK", ADVERTISEMENT, "", V2, KEEP};
static const struct exchange list = {
    "200 OK", RESULT, "", ID1 " HEAD symref-target:refs/heads/m|" ID1 " refs/heads/m|0000", KEEP};

struct server {
    int listener, log;
    unsigned port;
    pid_t child;
    char path[32];
};

static size_t pkt_lines(const char *lines, char *out)
{
    size_t used = 0;
    while (*lines) {
        size_t size = strcspn(lines, "|");
        if (size == 4 && memcmp(lines, "000", 3) == 0)
            used += (size_t)sprintf(out + used, "%.4s", lines);
        else if (*lines == '=')
            used += (size_t)sprintf(out + used, "%.*s", (int)size - 1, lines + 1);
        else
            used += (size_t)sprintf(out + used, "%04zx%.*s\n", size + 5, (int)size, lines);
        lines += size + (lines[size] == '|');
    }
    for (size_t i = 0; i < used; i++)
        if (out[i] == '~')
            out[i] = '\0';
    return used;
}

/* In one write, so that the client sees what is behind the body together with it. */
static void answer_send(int peer, const struct exchange *exchange)
{
    static char body[1 << 16], text[1 << 17];
    size_t size = strlen(exchange->body);
    if (strstr(exchange->type, "x-git"))
        size = pkt_lines(exchange->body, body);
    else
        memcpy(body, exchange->body, size);
    int head = snprintf(text, sizeof text, "HTTP/1.1 %s\r\nContent-Length: %zu\r\n%s%s%s%s%s\r\n",
                        exchange->status, size, *exchange->type ? "Content-Type: " : "",
                        exchange->type, *exchange->type ? "\r\n" : "", exchange->headers,
                        exchange->then == CLOSE ? "Connection: close\r\n" : "");
    memcpy(text + head, body, size);
    size += (size_t)head;
    if (exchange->then == SURPLUS) {
        memcpy(text + size, "HTTP/1.1 200 OK", 15);
        size += 15;
    }
    if (write(peer, text, size) != (ssize_t)size)
        _exit(3);
}

/* Reads one request with its body into the log. 0 when the peer has closed. */
static int request_read(int peer, int log)
{
    static char text[1 << 16];
    size_t used = 0, due = SIZE_MAX;
    while (used < due && used + 1 < sizeof text) {
        ssize_t got = read(peer, text + used, sizeof text - 1 - used);
        if (got <= 0)
            return 0;
        used += (size_t)got;
        text[used] = '\0';
        const char *end = strstr(text, "\r\n\r\n"), *length = strstr(text, "Content-Length: ");
        if (end && due == SIZE_MAX)
            due = (size_t)(end + 4 - text) + (length ? strtoul(length + 16, NULL, 10) : 0);
    }
    return write(log, text, used) == (ssize_t)used && write(log, "\n==\n", 4) == 4;
}

static void server_play(struct server *server, const struct exchange *script)
{
    int peer = -1;
    for (size_t i = 0; i < EXCHANGES && script[i].status; i++) {
        if (peer < 0) {
            peer = accept(server->listener, NULL, NULL);
            if (write(server->log, "accept\n", 7) != 7)
                _exit(3);
        }
        if (!request_read(peer, server->log)) {
            close(peer);
            peer = -1;
            i--;
            continue;
        }
        if (*script[i].status)
            answer_send(peer, &script[i]);
        if (script[i].then == CLOSE || script[i].then == CLOSE_UNASKED) {
            close(peer);
            peer = -1;
        }
    }
    close(server->listener);
    while (peer >= 0 && request_read(peer, server->log))
        ;
    _exit(0);
}

/* A listening socket on this machine alone; -1 where there is no such family. */
static int listener_open(int family, unsigned *port)
{
    struct sockaddr_in four = {.sin_family = AF_INET};
    struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    struct sockaddr *address =
        family == AF_INET ? (struct sockaddr *)&four : (struct sockaddr *)&six;
    socklen_t size = family == AF_INET ? sizeof four : sizeof six;
    four.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int listener = socket(family, SOCK_STREAM, 0);
    if (bind(listener, address, size) < 0 || listen(listener, 8) < 0 ||
        getsockname(listener, address, &size) < 0) {
        close(listener);
        return -1;
    }
    *port = ntohs(family == AF_INET ? four.sin_port : six.sin6_port);
    return listener;
}

static void server_start_on(int family, struct server *server, const struct exchange *script)
{
    server->listener = listener_open(family, &server->port);
    if (server->listener < 0)
        exit(2);
    strcpy(server->path, "/tmp/t_remote.XXXXXX");
    server->log = mkstemp(server->path);
    fflush(stdout);
    server->child = fork();
    if (server->child == 0)
        server_play(server, script);
    close(server->listener);
}

static void server_start(struct server *server, const struct exchange *script)
{
    server_start_on(AF_INET, server, script);
}

static const char *server_stop(struct server *server)
{
    static char text[1 << 17];
    kill(server->child, SIGKILL);
    waitpid(server->child, NULL, 0);
    lseek(server->log, 0, SEEK_SET);
    ssize_t got = read(server->log, text, sizeof text - 1);
    text[got < 0 ? 0 : got] = '\0';
    close(server->log);
    unlink(server->path);
    return text;
}

static struct remote_options usual(void)
{
    struct remote_options options = {
        .session =
            {
                .limits = {.connect_ms = 5000, .idle_ms = 5000},
                .cred = {.password_fd = -1, .no_prompt = true},
                .quiet = true,
                .protocol = 2,
            },
    };
    return options;
}

/* Opens and lists; returns the log. AUTHORITY is the URL's, without port. */
static const char *visit(const struct exchange *script, const char *authority,
                         const struct remote_options *options, struct reflist *refs,
                         struct fault *fault)
{
    struct server server;
    struct url url;
    char text[256], room[256];
    server_start_on(strchr(authority, '[') ? AF_INET6 : AF_INET, &server, script);
    fault_clear(fault);
    snprintf(text, sizeof text, "http://%s:%u/r.git", authority, server.port);
    *refs = (struct reflist){0};
    struct remote *remote = NULL;
    if (url_parse(text, room, &url, fault) == 0)
        remote = remote_open(&url, options, fault);
    if (remote)
        remote_list(remote, NULL, 0, refs);
    remote_close(remote);
    return server_stop(&server);
}

static size_t times(const char *text, const char *needle)
{
    size_t count = 0;
    for (const char *at = text; (at = strstr(at, needle)); at++)
        count++;
    return count;
}

static void environment_clear(void)
{
    signal(SIGPIPE, SIG_IGN);
    setenv("NETRC", "/nonexistent/.netrc", 1);
    unsetenv("GIT_ASKPASS");
    unsetenv("SSH_ASKPASS");
}

#endif
