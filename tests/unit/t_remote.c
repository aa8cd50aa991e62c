/* SPDX-License-Identifier: MIT */
/* Sessions against a server that plays a script: a child process on 127.0.0.1. What it was asked
 * goes to a file and is looked at afterwards. */
#define _POSIX_C_SOURCE 200809L
#include "remote.h"
#include "t.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { EXCHANGES = 9 };

/* One answer. The body is raw, or pkt-lines between '|' where the type is one of git's; "0000" and
 * "0001" stand for themselves. */
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
        else
            used += (size_t)sprintf(out + used, "%04zx%.*s\n", size + 5, (int)size, lines);
        lines += size + (lines[size] == '|');
    }
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

static void server_start(struct server *server, const struct exchange *script)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t size = sizeof address;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    server->listener = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(server->listener, (struct sockaddr *)&address, size) < 0 ||
        listen(server->listener, 8) < 0 ||
        getsockname(server->listener, (struct sockaddr *)&address, &size) < 0)
        exit(2);
    server->port = ntohs(address.sin_port);
    strcpy(server->path, "/tmp/t_remote.XXXXXX");
    server->log = mkstemp(server->path);
    fflush(stdout);
    server->child = fork();
    if (server->child == 0)
        server_play(server, script);
    close(server->listener);
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
        .limits = {.connect_ms = 5000, .idle_ms = 5000},
        .cred = {.password_fd = -1, .no_prompt = true},
        .quiet = true,
        .protocol = 2,
    };
    return options;
}

/* Opens and lists; returns the log. AUTHORITY is the URL's, without port. */
static const char *visit(const struct exchange *script, const char *authority,
                         const struct remote_options *options, struct remote_refs *refs,
                         struct fault *fault)
{
    struct server server;
    struct url url;
    char text[256];
    server_start(&server, script);
    fault_clear(fault);
    snprintf(text, sizeof text, "http://%s:%u/r.git", authority, server.port);
    *refs = (struct remote_refs){0};
    struct remote *remote = NULL;
    if (url_parse(text, &url, fault) == 0)
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

/* What is answered to the first GET, and what is said about it. */
static const struct {
    const char *why;
    struct exchange first;
    enum fault_class class;
    const char *sentence;
} refusals[] = {
    {"a web page",
     {"200 OK", "text/html", "", "<html>", KEEP},
     FAULT_PROTOCOL,
     "not a git repository: the server answered text/html"},
    {"no type at all",
     {"200 OK", "", "", "x", KEEP},
     FAULT_PROTOCOL,
     "the server answered without a content type"},
    {"a dumb server",
     {"200 OK", "text/plain", "", ID1 "\trefs/heads/m\n", KEEP},
     FAULT_REFUSED,
     "is on a dumb server"},
    {"not found",
     {"404 Not Found", "text/html", "", "<html>", KEEP},
     FAULT_REFUSED,
     "/r.git' not found"},
    {"forbidden", {"403 Forbidden", "", "", "", KEEP}, FAULT_AUTH, "is denied (403)"},
    {"gone", {"410 Gone", "", "", "", KEEP}, FAULT_REFUSED, "(410)"},
    {"bad request", {"400 Bad Request", "", "", "", KEEP}, FAULT_REFUSED, "bad (400)"},
    {"a proxy's login", {"407 Proxy", "", "", "", KEEP}, FAULT_AUTH, "(407)"},
    {"H8: in years",
     {"429 Slow", "", "Retry-After: 99999999\r\n", "", KEEP},
     FAULT_REFUSED,
     "again after (seconds or date) 99999999"},
    {"H8: on a date",
     {"503 Busy", "", "Retry-After: Mon, 01 Jan 2035 00:00:00 GMT\r\n", "", KEEP},
     FAULT_REFUSED,
     "2035"},
    {"H8: does not say when", {"429 Slow", "", "", "", KEEP}, FAULT_REFUSED, "answered 429"},
    {"server error", {"500 Oh", "", "", "", KEEP}, FAULT_REFUSED, "failed with 500"},
    {"H8: 204", {"204 No Content", "", "", "", KEEP}, FAULT_REFUSED, "answered 204"},
    {"H8: 206",
     {"206 Partial Content", ADVERTISEMENT, "", V2, KEEP},
     FAULT_REFUSED,
     "answered 206"},
    {"a way to log in that is not there",
     {"401 No", "", "WWW-Authenticate: Negotiate\r\n", "", KEEP},
     FAULT_AUTH,
     "'Negotiate'"},
    {"nobody to ask",
     {"401 No", "", "WWW-Authenticate: Basic realm=\"x\"\r\n", "", KEEP},
     FAULT_AUTH,
     "could not read Username for 'http://127.0.0.1:"},
    {"H2: elsewhere",
     {"302 F", "", "Location: http://127.0.0.1:1/login\r\n", "", KEEP},
     FAULT_REFUSED,
     ""},
    {"H2: another scheme",
     {"302 F", "", "Location: ftp://h/r.git/info/refs\r\n", "", KEEP},
     FAULT_REFUSED,
     ""},
    {"a redirect to nowhere", {"302 F", "", "", "", KEEP}, FAULT_REFUSED, "answered 302"},
    {"H6: bytes after the flush",
     {"200 OK", ADVERTISEMENT, "", V2 "|more", KEEP},
     FAULT_PROTOCOL,
     ""},
    {"H5: a coding nobody asked for",
     {"200 OK", ADVERTISEMENT, "Content-Encoding: gzip\r\n", V2, KEEP},
     FAULT_PROTOCOL,
     ""},
};

static void refused(void)
{
    struct remote_options options = usual();
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
        const struct exchange script[EXCHANGES] = {refusals[i].first};
        struct remote_refs refs;
        struct fault fault;
        visit(script, "127.0.0.1", &options, &refs, &fault);
        CHECK(fault.class == refusals[i].class && strstr(fault.text, refusals[i].sentence),
              "%s: %d, %s", refusals[i].why, (int)fault.class, fault.text);
        remote_refs_free(&refs);
    }
}

/* What ls-refs answers. */
static const struct {
    const char *why, *type, *body;
    enum fault_class class;
    const char *sentence;
} lists[] = {
    {"R2: twice, and different", RESULT, ID1 " refs/heads/m|" ID2 " refs/heads/m|0000",
     FAULT_PROTOCOL, "'refs/heads/m' twice"},
    {"R2: m and m/x", RESULT,
     ID1 " refs/heads/m|" ID1 " refs/heads/m-x|" ID1 " refs/heads/m/x|0000", FAULT_PROTOCOL,
     "cannot both be"},
    {"R2: m/x and m", RESULT,
     ID1 " refs/heads/m/x/y|" ID1 " refs/heads/m.x|" ID1 " refs/heads/m|0000", FAULT_PROTOCOL,
     "cannot both be"},
    {"R3: a target that is no name", RESULT, ID1 " HEAD symref-target:../../config|0000",
     FAULT_PROTOCOL, ""},
    {"R5: without end", RESULT, NULL, FAULT_LIMIT, "references: over 20000 bytes"},
    {"another type", "text/plain", "oops", FAULT_PROTOCOL, "the server answered text/plain"},
    {"an error", RESULT, "ERR no such thing", FAULT_REFUSED, "no such thing"},
};

static void lists_refused(void)
{
    static char endless[60000];
    struct remote_options options = usual();
    options.refs_max = 20000;
    for (int i = 0; i < 800; i++)
        sprintf(endless + strlen(endless), ID1 " refs/heads/%04d|", i);
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        const struct exchange answer = {"200 OK", lists[i].type, "",
                                        lists[i].body ? lists[i].body : endless, KEEP};
        const struct exchange script[EXCHANGES] = {advertise, answer};
        struct remote_refs refs;
        struct fault fault;
        visit(script, "127.0.0.1", &options, &refs, &fault);
        CHECK(fault.class == lists[i].class && strstr(fault.text, lists[i].sentence), "%s: %d, %s",
              lists[i].why, (int)fault.class, fault.text);
        remote_refs_free(&refs);
    }
}

static void requests(void)
{
    const struct exchange script[EXCHANGES] = {advertise, list};
    struct remote_options options = usual();
    struct remote_refs refs;
    struct fault fault;
    const char *log = visit(script, "127.0.0.1", &options, &refs, &fault);
    CHECK(fault.class == FAULT_NONE && refs.count == 2, "%zu, %s", refs.count, fault.text);
    const struct remote_ref *head = remote_refs_find(&refs, "HEAD");
    CHECK(head && head->symref_target && strcmp(head->symref_target, "refs/heads/m") == 0, "HEAD");
    CHECK(!remote_refs_find(&refs, "refs/heads/none"), "found");
    CHECK(times(log, "accept\n") == 1, "one connection: %s", log);
    static const char *const parts[] = {
        "GET /r.git/info/refs?service=git-upload-pack HTTP/1.1\r\n",
        "User-Agent: git/smidgit-",
        "Accept: */*\r\n",
        "Accept-Encoding: identity\r\n",
        "Pragma: no-cache\r\n",
        "Git-Protocol: version=2\r\n",
        "POST /r.git/git-upload-pack HTTP/1.1\r\n",
        "Content-Type: application/x-git-upload-pack-request\r\n",
        "Accept: application/x-git-upload-pack-result\r\n",
        "command=ls-refs",
    };
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        CHECK(strstr(log, parts[i]), "%s is missing: %s", parts[i], log);
    CHECK(times(log, "Host: 127.0.0.1:") == 2 && !strstr(log, "Authorization"), "%s", log);
    remote_refs_free(&refs);
}

static void version_0(void)
{
    const struct exchange script[EXCHANGES] = {
        {"200 OK", ADVERTISEMENT, "",
         "# service=git-upload-pack|0000|" ID1 " refs/heads/m|" ID2 " refs/tags/t|0000", KEEP}};
    struct remote_options options = usual();
    struct remote_refs refs;
    struct fault fault;
    options.protocol = 0;
    const char *log = visit(script, "127.0.0.1", &options, &refs, &fault);
    CHECK(!strstr(log, "Git-Protocol"), "%s", log);
    CHECK(refs.count == 2 || fault.class == FAULT_PROTOCOL, "%zu, %s", refs.count, fault.text);
    remote_refs_free(&refs);
}

static void kept_connections(void)
{
    const struct exchange closes = {"200 OK", ADVERTISEMENT, "", V2, CLOSE};
    const struct exchange vanishes = {"200 OK", ADVERTISEMENT, "", V2, CLOSE_UNASKED};
    const struct exchange said[EXCHANGES] = {closes, list}, unsaid[EXCHANGES] = {vanishes, list};
    struct remote_options options = usual();
    struct remote_refs refs;
    struct fault fault;
    const char *log = visit(said, "127.0.0.1", &options, &refs, &fault);
    CHECK(refs.count == 2 && times(log, "accept\n") == 2, "%s, %s", fault.text, log);
    remote_refs_free(&refs);
    log = visit(unsaid, "127.0.0.1", &options, &refs, &fault);
    CHECK(refs.count == 2 && times(log, "accept\n") == 2, "%s, %s", fault.text, log);
    CHECK(fault.class == FAULT_NONE, "%s", fault.text);
    remote_refs_free(&refs);
    const struct exchange nothing[EXCHANGES] = {{NULL, NULL, NULL, NULL, KEEP}};
    visit(nothing, "127.0.0.1", &options, &refs, &fault);
    CHECK(fault.class == FAULT_NETWORK, "%d, %s", (int)fault.class, fault.text);
}

static void logging_in(void)
{
    static const char *const basic = "WWW-Authenticate: Basic realm=\"x\"\r\n";
    const struct exchange no = {"401 No", "text/plain", basic, "go away", KEEP};
    const struct exchange twice[EXCHANGES] = {no, no, no}, once[EXCHANGES] = {no, advertise, list};
    const struct exchange late[EXCHANGES] = {advertise, no, list};
    struct remote_options options = usual();
    struct remote_refs refs;
    struct fault fault;
    const char *log = visit(once, "u:p@127.0.0.1", &options, &refs, &fault);
    CHECK(refs.count == 2, "%s", fault.text);
    CHECK(times(log, "Authorization: Basic dTpw\r\n") == 2, "%s", log);
    CHECK(times(log, "accept\n") == 1, "one connection: %s", log);
    CHECK(strstr(log, "==") < strstr(log, "Authorization"), "the first goes without: %s", log);
    remote_refs_free(&refs);
    log = visit(late, "u:p@127.0.0.1", &options, &refs, &fault);
    CHECK(refs.count == 2 && times(log, "Authorization: ") == 1, "%s, %s", fault.text, log);
    remote_refs_free(&refs);
    log = visit(twice, "u:p@127.0.0.1", &options, &refs, &fault);
    CHECK(fault.class == FAULT_AUTH && times(log, "GET ") == 2, "%s", log);
    CHECK(strncmp(fault.text, "Authentication failed for 'http://127.0.0.1:", 43) == 0, "%s",
          fault.text);
    CHECK(!strstr(fault.text, "u:p"), "C1: %s", fault.text);
}

/* C2: 0.0.0.0 leads to this machine, but it does not say so. */
static void plain_text(void)
{
    const struct exchange no = {"401 No", "", "WWW-Authenticate: Basic realm=\"x\"\r\n", "", KEEP};
    const struct exchange script[EXCHANGES] = {no, advertise, list};
    struct remote_options options = usual();
    struct remote_refs refs;
    struct fault fault;
    const char *log = visit(script, "u:p@0.0.0.0", &options, &refs, &fault);
    CHECK(fault.class == FAULT_AUTH && strstr(fault.text, "plain text"), "%s", fault.text);
    CHECK(times(log, "GET ") == 1 && !strstr(log, "Authorization"), "%s", log);
    options.allow_http_auth = true;
    visit(script, "u:p@0.0.0.0", &options, &refs, &fault);
    CHECK(refs.count == 2, "%s", fault.text);
    remote_refs_free(&refs);
}

/* H2: on another origin the password that was meant for the first one is not sent. */
static void redirects(void)
{
    struct server second;
    const struct exchange script[EXCHANGES] = {
        {"401 No", "", "WWW-Authenticate: Basic realm=\"y\"\r\n", "", KEEP}};
    struct remote_options options = usual();
    struct remote_refs refs;
    struct fault fault;
    char headers[256];
    server_start(&second, script);
    snprintf(headers, sizeof headers,
             "Location: http://127.0.0.1:%u/s.git/info/refs?service=git-upload-pack\r\n",
             second.port);
    options.cred.user = "me";
    const struct exchange first[EXCHANGES] = {{"301 Moved", "", headers, "", KEEP}};
    visit(first, "u:p@127.0.0.1", &options, &refs, &fault);
    const char *log = server_stop(&second);
    CHECK(strstr(log, "GET /s.git/info/refs"), "%s", log);
    CHECK(!strstr(log, "Authorization"), "%s", log);
    CHECK(fault.class == FAULT_AUTH && strstr(fault.text, "could not read Username"), "%s",
          fault.text);
    const struct exchange round = {
        "302 F", "", "Location: /r.git/info/refs?service=git-upload-pack\r\n", "", KEEP};
    const struct exchange loop[EXCHANGES] = {round, round, round, round, round, round, round};
    log = visit(loop, "127.0.0.1", &options, &refs, &fault);
    CHECK(fault.class == FAULT_REFUSED && strstr(fault.text, "over 5 redirects"), "%s", fault.text);
    CHECK(times(log, "GET ") == 6, "%s", log);
    const struct exchange post[EXCHANGES] = {
        advertise, {"307 T", "", "Location: /s.git/git-upload-pack\r\n", "", KEEP}};
    visit(post, "127.0.0.1", &options, &refs, &fault);
    CHECK(fault.class == FAULT_REFUSED && strstr(fault.text, "to a POST"), "%s", fault.text);
    const struct exchange fine[EXCHANGES] = {
        {"308 P", "", "Location: /s.git/info/refs?service=git-upload-pack\r\n", "", KEEP},
        advertise,
        list};
    log = visit(fine, "127.0.0.1", &options, &refs, &fault);
    CHECK(refs.count == 2 && strstr(log, "POST /s.git/git-upload-pack"), "%s, %s", fault.text, log);
    remote_refs_free(&refs);
}

static void asked_to_wait(void)
{
    const struct exchange busy = {"503 Busy", "", "Retry-After: 0\r\n", "", KEEP};
    const struct exchange once[EXCHANGES] = {busy, advertise, list};
    const struct exchange always[EXCHANGES] = {busy, busy, busy, busy};
    struct remote_options options = usual();
    struct remote_refs refs;
    struct fault fault;
    visit(once, "127.0.0.1", &options, &refs, &fault);
    CHECK(refs.count == 2, "%s", fault.text);
    remote_refs_free(&refs);
    const char *log = visit(always, "127.0.0.1", &options, &refs, &fault);
    CHECK(fault.class == FAULT_REFUSED && times(log, "GET ") == 3, "H8: %s, %s", fault.text, log);
}

/* H6: what follows an answer was not asked for. */
static void left_over(void)
{
    const struct exchange script[EXCHANGES] = {{"200 OK", ADVERTISEMENT, "", V2, SURPLUS}};
    struct remote_options options = usual();
    struct remote_refs refs;
    struct fault fault;
    visit(script, "127.0.0.1", &options, &refs, &fault);
    CHECK(fault.class == FAULT_PROTOCOL && strstr(fault.text, "bytes follow the end of an answer"),
          "%s", fault.text);
}

static void trace_has_no_secret(void)
{
    static const char *const basic = "WWW-Authenticate: Basic realm=\"x\"\r\n";
    const struct exchange no = {"401 No", "", basic, "", KEEP};
    const struct exchange script[EXCHANGES] = {no, advertise, list};
    char path[] = "/tmp/t_remote_trace.XXXXXX", text[16384];
    struct remote_options options = usual();
    struct remote_refs refs;
    struct fault fault;
    struct trace trace;
    int fd = mkstemp(path);
    fault_clear(&fault);
    CHECK(fd >= 0 && trace_open(&trace, path, &fault) == 0, "%s", fault.text);
    options.trace = &trace;
    visit(script, "u:hunter2@127.0.0.1", &options, &refs, &fault);
    trace_close(&trace);
    ssize_t got = read(fd, text, sizeof text - 1);
    text[got < 0 ? 0 : got] = '\0';
    CHECK(refs.count == 2, "%s", fault.text);
    static const char *const parts[] = {
        "C: GET /r.git/info/refs?service=git-upload-pack HTTP/1.1\n",
        "C: Authorization: <redacted>\n",
        "S: HTTP/1.1 401 No\n",
        "S: HTTP/1.1 200 OK\n",
        "S: 000eversion 2\\n\n",
        "C: 0014command=ls-refs\\n\n",
        "C: 0000\n",
        "S: 003a" ID1 " refs/heads/m\\n\n",
    };
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        CHECK(strstr(text, parts[i]), "%s is missing: %s", parts[i], text);
    CHECK(!strstr(text, "hunter2") && !strstr(text, "dTpodW50ZXIy"), "C1: %s", text);
    remote_refs_free(&refs);
    close(fd);
    unlink(path);
}

int main(void)
{
    signal(SIGPIPE, SIG_IGN);
    setenv("NETRC", "/nonexistent/.netrc", 1);
    unsetenv("GIT_ASKPASS");
    unsetenv("SSH_ASKPASS");
    requests();
    version_0();
    refused();
    lists_refused();
    kept_connections();
    logging_in();
    plain_text();
    redirects();
    asked_to_wait();
    left_over();
    trace_has_no_secret();
    return T_DONE();
}
