/* SPDX-License-Identifier: MIT */
/* Connections that are kept, logging in, redirects, servers that ask to wait. */
#define _POSIX_C_SOURCE 200809L
#include "scripted.h"

static void kept_connections(void)
{
    const struct exchange closes = {"200 OK", ADVERTISEMENT, "", V2, CLOSE};
    const struct exchange vanishes = {"200 OK", ADVERTISEMENT, "", V2, CLOSE_UNASKED};
    const struct exchange said[EXCHANGES] = {closes, list}, unsaid[EXCHANGES] = {vanishes, list};
    struct remote_options options = usual();
    struct reflist refs;
    struct fault fault;
    const char *log = visit(said, "127.0.0.1", &options, &refs, &fault);
    CHECK(refs.count == 2 && times(log, "accept\n") == 2, "%s, %s", fault.text, log);
    reflist_free(&refs);
    log = visit(unsaid, "127.0.0.1", &options, &refs, &fault);
    CHECK(refs.count == 2 && times(log, "accept\n") == 2, "%s, %s", fault.text, log);
    CHECK(fault.class == FAULT_NONE, "%s", fault.text);
    reflist_free(&refs);
    const struct exchange hangs_up = {"", "", "", "", CLOSE};
    const struct exchange once[EXCHANGES] = {advertise, hangs_up, list};
    log = visit(once, "127.0.0.1", &options, &refs, &fault);
    CHECK(refs.count == 2 && times(log, "POST ") == 2, "%s, %s", fault.text, log);
    reflist_free(&refs);
    const struct exchange always[EXCHANGES] = {advertise, hangs_up, hangs_up, list};
    log = visit(always, "127.0.0.1", &options, &refs, &fault);
    CHECK(fault.class == FAULT_NETWORK && times(log, "POST ") == 2, "%s, %s", fault.text, log);
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
    struct reflist refs;
    struct fault fault;
    const char *log = visit(once, "u:p@127.0.0.1", &options, &refs, &fault);
    CHECK(refs.count == 2, "%s", fault.text);
    CHECK(times(log, "Authorization: Basic dTpw\r\n") == 2, "%s", log);
    CHECK(times(log, "accept\n") == 1, "one connection: %s", log);
    CHECK(strstr(log, "==") < strstr(log, "Authorization"), "the first goes without: %s", log);
    reflist_free(&refs);
    log = visit(late, "u:p@127.0.0.1", &options, &refs, &fault);
    CHECK(refs.count == 2 && times(log, "Authorization: ") == 1, "%s, %s", fault.text, log);
    reflist_free(&refs);
    log = visit(twice, "u:p@127.0.0.1", &options, &refs, &fault);
    CHECK(fault.class == FAULT_AUTH && times(log, "GET ") == 2, "%s", log);
    CHECK(strncmp(fault.text, "Authentication failed for 'http://127.0.0.1:", 43) == 0, "%s",
          fault.text);
    CHECK(!strstr(fault.text, "u:p"), "C1: %s", fault.text);
}

/* RFC 6874: the zone is for this machine, the server does not get it. */
static void zone(void)
{
    const struct exchange script[EXCHANGES] = {advertise, list};
    struct remote_options options = usual();
    struct reflist refs;
    struct fault fault;
    unsigned port;
    int probe = listener_open(AF_INET6, &port);
    if (probe < 0)
        return;
    close(probe);
    const char *log = visit(script, "[::1%251]", &options, &refs, &fault);
    CHECK(refs.count == 2 && times(log, "Host: [::1]:") == 2, "%s, %s", fault.text, log);
    reflist_free(&refs);
    visit(script, "[fe80::1%25none-such]", &options, &refs, &fault);
    CHECK(fault.class == FAULT_NETWORK && strstr(fault.text, "to [fe80::1%none-such]:"), "%s",
          fault.text);
}

/* H5: a Content-Encoding that was not asked for is refused where somebody reads the body. */
static void encoded(void)
{
    static const char gzip[] = "Content-Encoding: gzip\r\n",
                      basic[] = "WWW-Authenticate: Basic realm=\"x\"\r\nContent-Encoding: gzip\r\n",
                      there[] = "Location: /s.git/info/refs?service=git-upload-pack\r\n"
                                "Content-Encoding: br\r\n";
    const struct exchange no = {"401 No", "text/plain", basic, "\037\213", KEEP};
    const struct exchange moved = {"302 Found", "text/html", there, "\037\213", KEEP};
    const struct exchange none = {"404 None", "text/plain", gzip, "\037\213", KEEP};
    const struct exchange coded = {"200 OK", ADVERTISEMENT, gzip, V2, KEEP};
    const struct exchange taken[EXCHANGES] = {no, moved, advertise, list};
    const struct exchange missing[EXCHANGES] = {none}, refused[EXCHANGES] = {coded};
    struct remote_options options = usual();
    struct reflist refs;
    struct fault fault;
    visit(taken, "u:p@127.0.0.1", &options, &refs, &fault);
    CHECK(refs.count == 2, "%s", fault.text);
    reflist_free(&refs);
    visit(missing, "127.0.0.1", &options, &refs, &fault);
    CHECK(fault.class == FAULT_REFUSED && strstr(fault.text, "not found"), "%s", fault.text);
    visit(refused, "127.0.0.1", &options, &refs, &fault);
    CHECK(fault.class == FAULT_PROTOCOL && strstr(fault.text, "'gzip', which was not asked for"),
          "%s", fault.text);
}

/* C2: 0.0.0.0 leads to this machine, but it does not say so. */
static void plain_text(void)
{
    const struct exchange no = {"401 No", "", "WWW-Authenticate: Basic realm=\"x\"\r\n", "", KEEP};
    const struct exchange script[EXCHANGES] = {no, advertise, list};
    struct remote_options options = usual();
    struct reflist refs;
    struct fault fault;
    const char *log = visit(script, "u:p@0.0.0.0", &options, &refs, &fault);
    CHECK(fault.class == FAULT_AUTH && strstr(fault.text, "plain text"), "%s", fault.text);
    CHECK(times(log, "GET ") == 1 && !strstr(log, "Authorization"), "%s", log);
    options.session.allow_http_auth = true;
    visit(script, "u:p@0.0.0.0", &options, &refs, &fault);
    CHECK(refs.count == 2, "%s", fault.text);
    reflist_free(&refs);
}

/* H2, C2: on another origin nothing is sent that was meant for the first one, whether the first one
 * had asked for it or not. */
static void another_origin(bool asked_before)
{
    struct server second;
    const struct exchange no = {"401 No", "", "WWW-Authenticate: Basic realm=\"y\"\r\n", "", KEEP};
    const struct exchange script[EXCHANGES] = {no};
    struct remote_options options = usual();
    struct reflist refs;
    struct fault fault;
    char headers[256];
    server_start(&second, script);
    snprintf(headers, sizeof headers,
             "Location: http://127.0.0.1:%u/s.git/info/refs?service=git-upload-pack\r\n",
             second.port);
    options.session.cred.user = "u";
    const struct exchange moved = {"301 Moved", "", headers, "", KEEP};
    const struct exchange late[EXCHANGES] = {no, moved}, soon[EXCHANGES] = {moved};
    const char *first = visit(asked_before ? late : soon, "u:p@127.0.0.1", &options, &refs, &fault);
    CHECK(times(first, "Authorization") == (asked_before ? 1 : 0), "%s", first);
    const char *log = server_stop(&second);
    CHECK(strstr(log, "GET /s.git/info/refs"), "%s", log);
    CHECK(!strstr(log, "Authorization"), "%s", log);
    CHECK(fault.class == FAULT_AUTH && strstr(fault.text, "could not read Username"), "%s",
          fault.text);
}

static void redirects(void)
{
    struct remote_options options = usual();
    struct reflist refs;
    struct fault fault;
    const struct exchange round = {
        "302 F", "", "Location: /r.git/info/refs?service=git-upload-pack\r\n", "", KEEP};
    const struct exchange loop[EXCHANGES] = {round, round, round, round, round, round, round};
    const char *log = visit(loop, "127.0.0.1", &options, &refs, &fault);
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
    reflist_free(&refs);
}

static void asked_to_wait(void)
{
    const struct exchange busy = {"503 Busy", "", "Retry-After: 0\r\n", "", KEEP};
    const struct exchange once[EXCHANGES] = {busy, advertise, list};
    const struct exchange always[EXCHANGES] = {busy, busy, busy, busy};
    struct remote_options options = usual();
    struct reflist refs;
    struct fault fault;
    visit(once, "127.0.0.1", &options, &refs, &fault);
    CHECK(refs.count == 2, "%s", fault.text);
    reflist_free(&refs);
    const char *log = visit(always, "127.0.0.1", &options, &refs, &fault);
    CHECK(fault.class == FAULT_REFUSED && times(log, "GET ") == 3, "H8: %s, %s", fault.text, log);
}

/* H6: what follows an answer was not asked for. */
static void left_over(void)
{
    const struct exchange script[EXCHANGES] = {{"200 OK", ADVERTISEMENT, "", V2, SURPLUS}};
    struct remote_options options = usual();
    struct reflist refs;
    struct fault fault;
    visit(script, "127.0.0.1", &options, &refs, &fault);
    CHECK(fault.class == FAULT_PROTOCOL && strstr(fault.text, "bytes follow the end of an answer"),
          "%s", fault.text);
}

int main(void)
{
    environment_clear();
    kept_connections();
    logging_in();
    zone();
    encoded();
    plain_text();
    another_origin(false);
    another_origin(true);
    redirects();
    asked_to_wait();
    left_over();
    return T_DONE();
}
