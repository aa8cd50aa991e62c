/* SPDX-License-Identifier: MIT */
/* What is asked of a server, and what its answers lead to. */
#define _POSIX_C_SOURCE 200809L
#include "scripted.h"

/* What is answered to the first GET, and what is said about it. */
static const struct {
    const char *why;
    struct exchange first;
    enum fault_class class;
    const char *sentence;
} refusals[] = {
    {"a way to log in that is not there",
     {"401 No", "", "WWW-Authenticate: Negotiate\r\n", "", KEEP},
     FAULT_AUTH,
     "'Negotiate'"},
    {"H9: Basic is the name of a realm",
     {"401 No", "", "WWW-Authenticate: Digest realm=\"Basic users\"\r\n", "", KEEP},
     FAULT_AUTH,
     "Basic users"},
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
        struct reflist refs;
        struct fault fault;
        visit(script, "127.0.0.1", &options, &refs, &fault);
        CHECK(fault.class == refusals[i].class && strstr(fault.text, refusals[i].sentence),
              "%s: %d, %s", refusals[i].why, (int)fault.class, fault.text);
        reflist_free(&refs);
    }
}

/* What ls-refs answers. */
static const struct {
    const char *why, *type, *body;
    enum fault_class class;
    const char *sentence;
} lists[] = {
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
        struct reflist refs;
        struct fault fault;
        visit(script, "127.0.0.1", &options, &refs, &fault);
        CHECK(fault.class == lists[i].class && strstr(fault.text, lists[i].sentence), "%s: %d, %s",
              lists[i].why, (int)fault.class, fault.text);
        reflist_free(&refs);
    }
}

static void requests(void)
{
    const struct exchange script[EXCHANGES] = {advertise, list};
    struct remote_options options = usual();
    struct reflist refs;
    struct fault fault;
    const char *log = visit(script, "127.0.0.1", &options, &refs, &fault);
    CHECK(fault.class == FAULT_NONE && refs.count == 2, "%zu, %s", refs.count, fault.text);
    const struct remote_ref *head = reflist_find(&refs, "HEAD");
    CHECK(head && head->has_target && strcmp(remote_ref_target(head), "refs/heads/m") == 0, "HEAD");
    CHECK(!reflist_find(&refs, "refs/heads/none"), "found");
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
    reflist_free(&refs);
}

#define V0                                                                           \
    "# service=git-upload-pack|0000|" ID1 " HEAD~multi_ack side-band-64k ofs-delta " \
    "symref=HEAD:refs/heads/m|" ID1 " refs/heads/m|" ID2 " refs/tags/t|" ID1         \
    " refs/tags/t^{}|0000"

static void version_0(void)
{
    const struct exchange script[EXCHANGES] = {{"200 OK", ADVERTISEMENT, "", V0, KEEP}};
    struct remote_options options = usual();
    struct reflist refs;
    struct fault fault;
    options.session.protocol = 0;
    const char *log = visit(script, "127.0.0.1", &options, &refs, &fault);
    CHECK(!strstr(log, "Git-Protocol") && !strstr(log, "POST"), "%s", log);
    CHECK(refs.count == 3, "%zu, %s", refs.count, fault.text);
    const struct remote_ref *tag = reflist_find(&refs, "refs/tags/t");
    CHECK(tag && tag->has_peeled && remote_ref_peeled(tag)->len == OID_SHA1 &&
              remote_ref_peeled(tag)->id[0] == 0x11,
          "not peeled");
    const struct remote_ref *head = reflist_find(&refs, "HEAD");
    CHECK(head && head->has_target && strcmp(remote_ref_target(head), "refs/heads/m") == 0, "HEAD");
    reflist_free(&refs);
}

/* gitprotocol-v2, "ref-prefix": a server may show others, and clients filter. */
static void prefixes_ignored(void)
{
    static const char *const tags[] = {"refs/tags/"};
    const struct exchange answer = {
        "200 OK", RESULT, "", ID1 " HEAD|" ID1 " refs/heads/m|" ID2 " refs/tags/t|0000", KEEP};
    const struct exchange script[EXCHANGES] = {advertise, answer};
    struct remote_options options = usual();
    struct reflist refs = {0};
    struct server server;
    struct fault fault = {.class = FAULT_NONE};
    struct url url;
    char text[256], room[256];
    server_start(&server, script);
    snprintf(text, sizeof text, "http://127.0.0.1:%u/r.git", server.port);
    url_parse(text, room, &url, &fault);
    struct remote *remote = remote_open(&url, &options, &fault);
    CHECK(remote && remote_list(remote, tags, 1, &refs) == 0, "%s", fault.text);
    CHECK(refs.count == 1 && reflist_find(&refs, "refs/tags/t"), "%zu", refs.count);
    remote_close(remote);
    CHECK(strstr(server_stop(&server), "ref-prefix refs/tags/"), "not asked for");
    reflist_free(&refs);
}

/* Fetches ID1; what comes as the pack goes to PACK. Returns the log. */
static const char *fetch(const struct exchange *script, char *pack, size_t size,
                         struct fault *fault)
{
    struct server server;
    struct url url;
    char text[256], room[256];
    struct remote_options options = usual();
    struct oid want;
    struct fetch_request request = {.wants = &want, .want_count = 1, .done = true};
    struct fetch_listener listener = {NULL, NULL};
    enum fetch_answer answer = FETCH_NEGOTIATE;
    struct reader *in = NULL;
    size_t used = 0;
    oid_parse(ID1, 40, &want);
    server_start(&server, script);
    fault_clear(fault);
    snprintf(text, sizeof text, "http://127.0.0.1:%u/r.git", server.port);
    struct remote *remote = NULL;
    if (url_parse(text, room, &url, fault) == 0)
        remote = remote_open(&url, &options, fault);
    if (remote && remote_fetch(remote, &request, &listener, &answer, &in) == 0 &&
        answer == FETCH_PACK) {
        unsigned char byte;
        while (used + 1 < size && reader_byte(in, &byte) == 1)
            pack[used++] = (char)byte;
        if (fault->class == FAULT_NONE)
            remote_pack_end(remote);
    }
    pack[used] = '\0';
    remote_close(remote);
    return server_stop(&server);
}

static void fetching(void)
{
    static const struct {
        const char *why, *advertisement, *body, *pack;
        enum fault_class class;
        const char *sentence;
    } rows[] = {
        {"version 2", V2, "packfile|\002hello|=0005\001|\001PACK|\001data|0000", "PACK\ndata\n",
         FAULT_NONE, ""},
        {"R7: data after the flush", V2, "packfile|\001PACK|0000|\001more", "PACK\n",
         FAULT_PROTOCOL, ""},
        {"R7: band 3 shows the server's words", V2, "packfile|\001PACK|\003out of memory|0000",
         "PACK\n", FAULT_REFUSED, "out of memory"},
        {"version 0, side-bands", V0, "NAK|\001PACK|0000", "PACK\n", FAULT_NONE, ""},
        {"version 0, raw", "# service=git-upload-pack|0000|" ID1 " HEAD~ofs-delta|0000",
         "NAK|=PACKdata", "PACKdata", FAULT_NONE, ""},
        {"H6: cut", V2, "packfile|\001PACK", "PACK\n", FAULT_PROTOCOL, ""},
        {"the server's refusal", V2, "ERR upload-pack: not our ref", "", FAULT_REFUSED,
         "not our ref"},
        {"no fetch command", "version 2|ls-refs|0000", "", "", FAULT_REFUSED, "no fetch command"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct exchange script[EXCHANGES] = {
            {"200 OK", ADVERTISEMENT, "", rows[i].advertisement, KEEP},
            {"200 OK", RESULT, "", rows[i].body, KEEP}};
        char pack[64];
        struct fault fault;
        const char *log = fetch(script, pack, sizeof pack, &fault);
        CHECK(fault.class == rows[i].class && strstr(fault.text, rows[i].sentence), "%s: %d, %s",
              rows[i].why, (int)fault.class, fault.text);
        CHECK(strcmp(pack, rows[i].pack) == 0, "%s: %s", rows[i].why, pack);
        CHECK(rows[i].class != FAULT_NONE || times(log, "accept\n") == 1, "%s", rows[i].why);
        CHECK(!*rows[i].body || strstr(log, "want " ID1), "%s: %s", rows[i].why, log);
    }
}

static void trace_has_no_secret(void)
{
    static const char *const basic = "WWW-Authenticate: Basic realm=\"x\"\r\n";
    const struct exchange no = {"401 No", "", basic, "", KEEP};
    const struct exchange script[EXCHANGES] = {no, advertise, list};
    char path[] = "/tmp/t_remote_trace.XXXXXX", text[16384];
    struct remote_options options = usual();
    struct reflist refs;
    struct fault fault;
    struct trace trace;
    int fd = mkstemp(path);
    fault_clear(&fault);
    CHECK(fd >= 0 && trace_open(&trace, path, &fault) == 0, "%s", fault.text);
    options.session.trace = &trace;
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
    reflist_free(&refs);
    close(fd);
    unlink(path);
}

int main(void)
{
    environment_clear();
    requests();
    version_0();
    prefixes_ignored();
    fetching();
    refused();
    lists_refused();
    trace_has_no_secret();
    return T_DONE();
}
