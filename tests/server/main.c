/* SPDX-License-Identifier: MIT */
/* A small HTTP/1.1 and HTTPS server for tests, on a free port of 127.0.0.1.
 *
 *   testserver --port-file FILE [--tls CERT KEY] [what to answer] [how to answer]
 *
 *   --port-file FILE       the port goes there (written whole, by rename) when clients may come
 *   --port N               not a free port, but this one, which a server before it has had
 *   --tls CERT KEY         PEM files: HTTPS; without: plain HTTP
 *   --client-ca FILE       the client needs a certificate that one in FILE has signed
 *   --max-tls 1.1|1.2      the newest TLS version spoken (1.1: only with mbedTLS 2.28)
 *   --root DIR             repositories, by CGI to `git http-backend` (the usual answer)
 *   --remember DIR         of repositories that do not change: the same question gets the same
 *                          bytes, which the backend is asked for once and DIR keeps
 *   --version-0            the backend does not learn that the client speaks version 2
 *   --user NAME --password PW   Basic authentication; 401 without
 *   --bearer TOKEN         the same with "Authorization: Bearer TOKEN"
 *   --realm TEXT           of the 401 ("test")
 *   --status CODE          the same answer for all requests ...
 *   --body FILE            ... with this body (empty) ...
 *   --header 'Name: value' ... and these headers; with --root added to each answer (repeatable)
 *   --files DIR            what stands there by that name is sent as it is, with an ETag, and from
 *                          where a Range says if its If-Range is that ETag
 *   --redirect PREFIX URL  302 for targets that begin with PREFIX: to URL + what follows it
 *   --raw FILE             answer a request (or a first piece of anything) with the bytes of FILE;
 *                          given again: the next request, on any connection, gets the next file.
 *                          The last one stays. The connection is closed after a file unless
 *                          another follows.
 *   --silent               take connections, never answer (nor shake hands)
 *   --chunked              chunked bodies even where the length is known
 *   --until-close          bodies that end with the connection
 *   --drip MS              one byte every MS milliseconds ...
 *   --drip-from N          ... from byte N of the connection on
 *   --warn                 with --tls and --drip: a warning of TLS instead of each of these bytes
 *   --cut N                break the connection off after N bytes of the body, without close_notify
 *   --cuts M               but only the first M times
 *   --no-filter            the backend does not allow "filter"
 *   --heads FILE           the head of each request, as it came
 *   --log FILE             a line for each request:
 *                          GET /target auth=no agent="..." accept="..." protocol="..." body=0
 *
 * One process a connection. It ends on SIGTERM, or when the process that started it has ended.
 */
#include "server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

enum { LOOK_AROUND_MS = 200 };

void die(const char *what)
{
    fprintf(stderr, "testserver: %s\n", what);
    exit(2);
}

static const char *next(char ***argv)
{
    if (!**argv)
        die("an option lacks its value (see tests/server/main.c)");
    return *(*argv)++;
}

static bool text_option(struct options *options, const char *name, char ***argv)
{
    const struct {
        const char *name;
        const char **value;
    } rows[] = {{"--port-file", &options->port_file}, {"--root", &options->root},
                {"--user", &options->user},           {"--password", &options->password},
                {"--realm", &options->realm},         {"--log", &options->log},
                {"--body", &options->body},           {"--max-tls", &options->max_tls},
                {"--remember", &options->remember},   {"--bearer", &options->bearer},
                {"--heads", &options->heads},         {"--client-ca", &options->client_ca},
                {"--files", &options->files}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (strcmp(name, rows[i].name) == 0) {
            *rows[i].value = next(argv);
            return true;
        }
    return false;
}

static bool flag_option(struct options *options, const char *name)
{
    const struct {
        const char *name;
        bool *value;
    } rows[] = {{"--version-0", &options->version_0},     {"--chunked", &options->chunked},
                {"--until-close", &options->until_close}, {"--no-filter", &options->no_filter},
                {"--silent", &options->silent},           {"--warn", &options->warn}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (strcmp(name, rows[i].name) == 0)
            return *rows[i].value = true;
    return false;
}

static void other_option(struct options *options, const char *name, char ***argv)
{
    if (strcmp(name, "--tls") == 0) {
        options->certificate = next(argv);
        options->key = next(argv);
    } else if (strcmp(name, "--redirect") == 0) {
        options->redirect_from = next(argv);
        options->redirect_to = next(argv);
    } else if (strcmp(name, "--status") == 0) {
        options->status = atoi(next(argv));
    } else if (strcmp(name, "--drip") == 0) {
        options->drip_ms = atol(next(argv));
    } else if (strcmp(name, "--drip-from") == 0) {
        options->drip_from = (size_t)atol(next(argv));
    } else if (strcmp(name, "--cut") == 0) {
        options->cut = atoll(next(argv));
    } else if (strcmp(name, "--port") == 0) {
        options->port = (unsigned short)atoi(next(argv));
    } else if (strcmp(name, "--cuts") == 0) {
        options->cuts = (unsigned)atoi(next(argv));
    } else if (strcmp(name, "--header") == 0 && options->header_count < HEADERS_MAX) {
        options->headers[options->header_count++] = next(argv);
    } else if (strcmp(name, "--raw") == 0 && options->raw_count < RAW_MAX) {
        options->raw[options->raw_count++] = next(argv);
    } else {
        die("unknown option (see tests/server/main.c)");
    }
}

static int listen_somewhere(const struct options *options)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t size = sizeof address;
    char temporary[4096];
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(options->port);
    int fd = socket(AF_INET, SOCK_STREAM, 0), one = 1;
    if (fd >= 0) /* connections of the one before may still be waiting for their end */
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) < 0 || listen(fd, 64) < 0 ||
        getsockname(fd, (struct sockaddr *)&address, &size) < 0)
        die("cannot listen on 127.0.0.1");
    snprintf(temporary, sizeof temporary, "%s.new", options->port_file);
    FILE *file = fopen(temporary, "w");
    if (!file || fprintf(file, "%u\n", (unsigned)ntohs(address.sin_port)) < 0 ||
        fclose(file) != 0 || rename(temporary, options->port_file) < 0)
        die("cannot write the port file");
    return fd;
}

static void serve(int fd, const struct options *options)
{
    struct request *request = malloc(sizeof *request);
    struct wire *wire = options->silent ? NULL : wire_open(fd, options);
    bool keep = wire && request;
    while (options->silent && getppid() == options->server)
        poll(NULL, 0, LOOK_AROUND_MS);
    while (keep && request_read(wire, request)) {
        request_log(request, options);
        keep = answer(wire, request, options);
        close(request->body);
    }
    if (wire)
        wire_close(wire);
    free(request);
}

static void accept_all(int listener, const struct options *options, pid_t parent)
{
    while (getppid() == parent) {
        struct pollfd fd = {.fd = listener, .events = POLLIN};
        if (poll(&fd, 1, LOOK_AROUND_MS) <= 0)
            continue;
        int client = accept(listener, NULL, NULL);
        if (client < 0)
            continue;
        if (fork() == 0) {
            int one = 1; /* else a small piece waits 40 ms for the client's acknowledgement */
            setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
            close(listener);
            signal(SIGCHLD, SIG_DFL);
            serve(client, options);
            _exit(0);
        }
        close(client);
    }
}

static unsigned *shared_counter(void)
{
    FILE *file = tmpfile();
    if (!file || ftruncate(fileno(file), sizeof(unsigned)) < 0)
        die("no temporary file");
    void *shared =
        mmap(NULL, sizeof(unsigned), PROT_READ | PROT_WRITE, MAP_SHARED, fileno(file), 0);
    if (shared == MAP_FAILED)
        die("out of memory");
    return shared;
}

/* Where git keeps its programs: to run the backend itself spares a process for each request. */
static const char *find_backend(void)
{
    static char path[VALUE_SIZE];
    FILE *out = popen("git --exec-path", "r");
    if (!out || !fgets(path, sizeof path - sizeof "/git-http-backend", out) || pclose(out) != 0)
        die("cannot run git --exec-path");
    path[strcspn(path, "\n")] = '\0';
    strcat(path, "/git-http-backend");
    return path;
}

int main(int argc, char **argv)
{
    struct options options = {.realm = "test", .cut = -1, .server = getpid()};
    pid_t parent = getppid();
    (void)argc;
    argv++;
    while (*argv) {
        const char *name = *argv++;
        if (!text_option(&options, name, &argv) && !flag_option(&options, name))
            other_option(&options, name, &argv);
    }
    if (!options.port_file)
        die("--port-file is missing (see tests/server/main.c)");
    options.raw_next = shared_counter();
    options.cuts_made = shared_counter();
    if (options.root)
        options.backend = find_backend();
    signal(SIGPIPE, SIG_IGN);
    signal(SIGCHLD, SIG_IGN);
    accept_all(listen_somewhere(&options), &options, parent);
    return 0;
}
