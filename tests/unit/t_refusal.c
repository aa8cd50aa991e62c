/* SPDX-License-Identifier: MIT */
/* What answers mean that are not the one asked for (H8), and what of them is shown (R8). */
#include "remote/refusal.h"

#include "scratch.h"

#define ADVERTISEMENT "application/x-git-upload-pack-advertisement"
#define ID1 "1111111111111111111111111111111111111111"

/* What the server sends; the body is raw. */
struct sent {
    const char *status, *type, *headers, *body;
};

static struct http_session session;
static struct fault fault;
static struct reader in;

/* The session stands behind the head of an answer from URL. */
static void receive(const char *url, const struct sent *sent)
{
    static char text[8192], room[8192];
    bool fresh;
    fault_clear(&fault);
    session = (struct http_session){.fault = &fault};
    CHECK(url_parse(url, room, &session.url, &fault) == 0, "%s", fault.text);
    snprintf(text, sizeof text, "HTTP/1.1 %s\r\nContent-Length: %zu\r\n%s%s%s%s\r\n%s",
             sent->status, strlen(sent->body), *sent->type ? "Content-Type: " : "", sent->type,
             *sent->type ? "\r\n" : "", sent->headers, sent->body);
    reader_memory(&in, text, strlen(text), "answer", &fault);
    CHECK(http_read_head(&in, &session.head, &fresh) == 0, "%s: %s", sent->status, fault.text);
    http_body_open(&session.body, &in, &session.head);
}

static const struct {
    const char *why;
    struct sent sent;
    enum fault_class class; /* FAULT_NONE: it is what was asked for */
    const char *sentence;
} rows[] = {
    {"what was asked for", {"200 OK", ADVERTISEMENT, "", "x"}, FAULT_NONE, ""},
    {"with parameters", {"200 OK", ADVERTISEMENT "; charset=x", "", "x"}, FAULT_NONE, ""},
    {"in any case",
     {"200 OK", "Application/X-git-upload-pack-ADVERTISEMENT", "", "x"},
     FAULT_NONE,
     ""},
    {"a type that begins alike",
     {"200 OK", ADVERTISEMENT "s", "", "x"},
     FAULT_PROTOCOL,
     "not a git repository: the server answered " ADVERTISEMENT "s"},
    {"a web page",
     {"200 OK", "text/html", "", "<html>"},
     FAULT_PROTOCOL,
     "not a git repository: the server answered text/html"},
    {"no type at all",
     {"200 OK", "", "", "x"},
     FAULT_PROTOCOL,
     "the server answered without a content type"},
    {"a dumb server",
     {"200 OK", "text/plain", "", ID1 "\trefs/heads/m\n"},
     FAULT_REFUSED,
     "is on a dumb server"},
    {"a dumb server, SHA-256",
     {"200 OK", "text/plain", "", ID1 "111111111111111111111111\trefs/heads/m\n"},
     FAULT_REFUSED,
     "is on a dumb server"},
    {"text that only looks like one",
     {"200 OK", "text/plain", "", ID1 " refs/heads/m\n"},
     FAULT_PROTOCOL,
     "not a git repository: the server answered text/plain"},
    {"an id of 41 digits",
     {"200 OK", "text/plain", "", ID1 "1\trefs/heads/m\n"},
     FAULT_PROTOCOL,
     "not a git repository"},
    {"not found", {"404 Not Found", "text/html", "", "<html>"}, FAULT_REFUSED, "/r.git' not found"},
    {"forbidden", {"403 Forbidden", "", "", ""}, FAULT_AUTH, "is denied (403)"},
    {"gone", {"410 Gone", "", "", ""}, FAULT_REFUSED, "(410)"},
    {"bad request", {"400 Bad Request", "", "", ""}, FAULT_REFUSED, "bad (400)"},
    {"a way to log in that is not there",
     {"401 No", "", "WWW-Authenticate: Negotiate\r\n", ""},
     FAULT_AUTH,
     "wants a way to log in that smidgit does not have: 'Negotiate'"},
    {"H8: in years",
     {"429 Slow", "", "Retry-After: 99999999\r\n", ""},
     FAULT_REFUSED,
     "again after (seconds or date) 99999999"},
    {"H8: on a date",
     {"503 Busy", "", "Retry-After: Mon, 01 Jan 2035 00:00:00 GMT\r\n", ""},
     FAULT_REFUSED,
     "2035"},
    {"H8: does not say when", {"429 Slow", "", "", ""}, FAULT_REFUSED, "answered 429"},
    {"server error", {"500 Oh", "", "", ""}, FAULT_REFUSED, "failed with 500"},
    {"the last of them", {"599 Oh", "", "", ""}, FAULT_REFUSED, "failed with 599"},
    {"H8: 204", {"204 No Content", "", "", ""}, FAULT_REFUSED, "answered 204"},
    {"H8: 206", {"206 Partial Content", ADVERTISEMENT, "", "x"}, FAULT_REFUSED, "answered 206"},
    {"H8: a sign-in page with 203",
     {"203 Non-Authoritative", "text/html", "X-TFS-ProcessId: 1\r\n", "<html>"},
     FAULT_AUTH,
     "answered 203, 200 was expected\nhint: Azure DevOps wants a personal access token"},
    {"H8: a sign-in page with 200",
     {"200 OK", "text/html", "X-TFS-ProcessId: 1\r\n", "<html>"},
     FAULT_AUTH,
     "can be anything. Without one it shows its sign-in page"},
    {"203 of somebody else",
     {"203 Non-Authoritative", "text/html", "", "<html>"},
     FAULT_REFUSED,
     "answered 203, 200 was expected"},
    {"a redirect to nowhere", {"302 F", "", "", ""}, FAULT_REFUSED, "answered 302"},
    {"H10: a redirect of a POST",
     {"307 F", "", "Location: https://u:s3cret@i/r\r\n", ""},
     FAULT_REFUSED,
     "answered 307 to a POST and leads to 'i/r'"},
    {"several places, and no POST",
     {"300 Multiple Choices", "", "Location: /x\r\n", ""},
     FAULT_REFUSED,
     "answered 300, 200 was expected"},
    {"a proxy to use, and no POST",
     {"305 Use Proxy", "", "Location: /x\r\n", ""},
     FAULT_REFUSED,
     "answered 305, 200 was expected"},
    {"a status of the future",
     {"418 Teapot", "", "", ""},
     FAULT_REFUSED,
     "answered 418, 200 was expected"},
};

static void sentences(void)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        receive("https://u:s3cret@h.example/r.git", &rows[i].sent);
        int rc = refusal_check(&session, ADVERTISEMENT);
        CHECK(fault.class == rows[i].class && strstr(fault.text, rows[i].sentence), "%s: %d, %s",
              rows[i].why, (int)fault.class, fault.text);
        CHECK((rc < 0) == (rows[i].class != FAULT_NONE), "%s: %d", rows[i].why, rc);
        CHECK(rc < 0 || reader_fill(&session.body.reader) == 1, "%s: the body is gone",
              rows[i].why);
        CHECK(!strstr(fault.text, "s3cret"), "C1: %s: %s", rows[i].why, fault.text);
    }
}

/* With credentials the same status means something else. */
static void logged_in(void)
{
    char secret[] = "s3cret";
    static const struct {
        struct sent sent;
        const char *sentence;
    } refused[] = {
        {{"401 No", "", "WWW-Authenticate: Basic realm=\"x\"\r\n", ""},
         "Authentication failed for 'https://h.example/r.git'"},
        {{"410 Gone", "", "", ""}, "or this way to log in is (410)"},
    };
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        receive("https://u:s3cret@h.example/r.git", &refused[i].sent);
        session.cred.have = true;
        session.cred.secret = secret;
        refusal_check(&session, ADVERTISEMENT);
        CHECK(fault.class == FAULT_AUTH && strstr(fault.text, refused[i].sentence), "%s",
              fault.text);
    }
}

/* What refusal_check() writes to the standard error. */
static const char *shown(const struct sent *sent, bool quiet)
{
    int before = dup(2), file = open("shown", O_WRONLY | O_CREAT | O_TRUNC, 0600);
    receive("https://h.example/r.git", sent);
    session.options.quiet = quiet;
    fflush(stderr);
    dup2(file, 2);
    refusal_check(&session, ADVERTISEMENT);
    fflush(stderr);
    dup2(before, 2);
    close(before);
    close(file);
    return file_text("shown");
}

static void bodies(void)
{
    static const struct {
        const char *why;
        struct sent sent;
        const char *shown;
    } body[] = {
        {"plain text", {"403 No", "text/plain", "", "go away"}, "remote: go away\n"},
        {"lines",
         {"403 No", "text/plain", "", "a\nb\r\n\n\tc\n"},
         "remote: a\nremote: b\nremote: \nremote: \tc\n"},
        {"R8: ESC",
         {"403 No", "text/plain; charset=x", "", "\033]0;x\a\rb"},
         "remote: ^[]0;x^G^Mb\n"},
        {"a web page is not shown", {"403 No", "text/html", "", "<html>"}, ""},
        {"nothing of unknown type is", {"403 No", "", "", "x"}, ""},
        {"what no error is", {"200 OK", "text/plain", "", "x"}, ""},
        {"nothing to show", {"403 No", "text/plain", "", ""}, ""},
        {"ten lines",
         {"403 No", "text/plain", "", "0\n1\n2\n3\n4\n5\n6\n7\n8\n9\nX\n"},
         "remote: 0\nremote: 1\nremote: 2\nremote: 3\nremote: 4\nremote: 5\nremote: 6\nremote: 7\n"
         "remote: 8\nremote: 9\n"},
    };
    for (size_t i = 0; i < sizeof body / sizeof *body; i++) {
        CHECK_TEXT(shown(&body[i].sent, false), body[i].shown);
        CHECK_TEXT(shown(&body[i].sent, true), "");
    }
    static char much[4000];
    memset(much, 'x', sizeof much - 1);
    const struct sent flood = {"403 No", "text/plain", "", much};
    size_t length = strlen(shown(&flood, false));
    CHECK(length == strlen("remote: \n") + 1024, "of a long line %zu bytes", length);
}

/* A body that breaks off is less important than what the status says. */
static void cut(void)
{
    static const char text[] = "HTTP/1.1 404 No\r\nContent-Length: 100\r\n\r\nabc";
    bool fresh;
    receive("https://h.example/r.git", &(const struct sent){"404 No", "", "", ""});
    reader_memory(&in, text, sizeof text - 1, "answer", &fault);
    CHECK(http_read_head(&in, &session.head, &fresh) == 0, "%s", fault.text);
    http_body_open(&session.body, &in, &session.head);
    CHECK(refusal_check(&session, ADVERTISEMENT) < 0 && fault.class == FAULT_REFUSED &&
              strstr(fault.text, "not found"),
          "%s", fault.text);
}

/* The service's help stands behind the sentence, as a hint, whole, however long the URL is. */
static void help(void)
{
    static char url[4096] = "https://github.com/";
    const struct sent denied = {"403 No", "", "", ""};
    receive("https://github.com/r.git", &denied);
    CHECK(refusal_check(&session, ADVERTISEMENT) < 0, "taken");
    const char *said = strstr(fault.text, "is denied (403)\nhint: ");
    CHECK(said && strlen(said) > 30, "%s", fault.text);
    char expected[512];
    snprintf(expected, sizeof expected, "%s", said ? said : "none");
    memset(url + strlen(url), 'r', sizeof url - 1 - strlen(url));
    receive(url, &denied);
    CHECK(refusal_check(&session, ADVERTISEMENT) < 0 && strstr(fault.text, expected), "%s",
          fault.text);
    receive("https://github.com/r.git", &denied);
    fault_set(&fault, FAULT_AUTH, "could not read Username");
    CHECK(refusal_help(&session) < 0 &&
              strncmp(fault.text, "could not read Username\nhint: ", 30) == 0,
          "%s", fault.text);
    receive("https://github.com/r.git", &denied);
    CHECK(refusal_help(&session) < 0 && fault.text[0] == '\0', "help for no fault: %s", fault.text);
    fault_set(&fault, FAULT_INTERRUPTED, "interrupted");
    refusal_help(&session);
    CHECK_TEXT(fault.text, "interrupted");
}

int main(void)
{
    scratch_open();
    sentences();
    logged_in();
    bodies();
    cut();
    help();
    scratch_close();
    return T_DONE();
}
