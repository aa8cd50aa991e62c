/* SPDX-License-Identifier: MIT */
#include "remote/refusal.h"

#include "proto/bytes.h"
#include "proto/oid.h"
#include "remote/hosting.h"
#include "remote/http_custom.h"
#include "remote/proxy.h"
#include "remote/tls_port.h"

#include <stdio.h>
#include <string.h>

enum {
    BODY_MAX = 1024, /* bytes of an error's body: enough for what a service says */
    LINES_MAX = 10,  /* of it that are shown */
    URL_SHOWN = 512  /* bytes of a URL in a sentence, so that the help behind it stays whole */
};

struct answer {
    struct http_session *session;
    int status;
    char url[URL_SHOWN + 1];
    char body[BODY_MAX];
    size_t size; /* of body */
};

/* The first bytes of the body. An error while reading them is less important than the answer. */
static void body_read(struct answer *answer)
{
    struct reader *body = &answer->session->body.reader;
    bool plain = !*answer->session->head.content_encoding; /* H5 */
    http_session_hurry_body(answer->session);
    while (plain && answer->size < sizeof answer->body && reader_fill(body) == 1) {
        size_t hand = (size_t)(body->end - body->at), room = sizeof answer->body - answer->size;
        size_t take = hand < room ? hand : room;
        memcpy(answer->body + answer->size, body->at, take);
        body->at += take;
        answer->size += take;
    }
    if (answer->session->fault->class != FAULT_INTERRUPTED)
        fault_clear(answer->session->fault);
    http_session_hang_up(answer->session);
}

/* git shows what a server says about an error, if it is plain text. */
static void body_show(const struct answer *answer)
{
    const char *at = answer->body, *end = at + answer->size;
    if (answer->session->options.quiet ||
        strcmp(answer->session->head.content_type, "text/plain") != 0)
        return;
    for (int line = 0; at < end && line < LINES_MAX; line++) {
        char shown[4 * BODY_MAX + 1];
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        size_t size = stop ? (size_t)(stop - at) : (size_t)(end - at);
        bool cr = size > 0 && at[size - 1] == '\r';
        bytes_caret(at, cr ? size - 1 : size, "\t", shown, sizeof shown);
        fprintf(stderr, "remote: %s\n", shown);
        at += size + 1;
    }
}

static int help_add(struct answer *answer)
{
    struct fault *fault = answer->session->fault;
    const char *more;
    const char *help = hosting_help(&answer->session->url, &answer->session->head, answer->body,
                                    answer->size, &more);
    size_t used = strlen(fault->text);
    if (help == hosting_sign_in &&
        (fault->class == FAULT_REFUSED || fault->class == FAULT_PROTOCOL))
        fault->class = FAULT_AUTH;
    if (help && fault->class != FAULT_NONE && fault->class != FAULT_INTERRUPTED)
        snprintf(fault->text + used, sizeof fault->text - used, FAULT_HINT "%s%s", help, more);
    return -1;
}

int refusal_help(struct http_session *session)
{
    struct answer answer = {.session = session};
    return help_add(&answer);
}

static int say_unauthorized(const struct answer *answer)
{
    const struct http_session *session = answer->session;
    const char *challenge = session->head.challenge;
    if (session->cred.have)
        return fault_set(session->fault, FAULT_AUTH, "Authentication failed for '%s'%s",
                         answer->url, *session->cred.secret ? "" : ": the password is empty");
    return fault_set(session->fault, FAULT_AUTH, http_custom_no_way, answer->url, challenge);
}

static int say_slow_down(const struct answer *answer)
{
    const struct http_head *head = &answer->session->head;
    return fault_set(answer->session->fault, FAULT_REFUSED,
                     "'%s': the server answered %d: it is overloaded%s%.40s", answer->url,
                     answer->status,
                     *head->retry_after ? "; it asks to try again after (seconds or date) " : "",
                     head->retry_after);
}

static int say_redirect(const struct answer *answer)
{
    if (http_custom_redirects(&answer->session->options) == HTTP_REDIRECTS_NONE)
        return fault_set(answer->session->fault, FAULT_REFUSED,
                         "'%s': the server leads to '%.200s', and http.followRedirects is false",
                         answer->url, url_shown(answer->session->head.location));
    return fault_set(answer->session->fault, FAULT_REFUSED,
                     "'%s': the server answered %d to a POST and leads to '%.200s'; only the "
                     "first request may be redirected",
                     answer->url, answer->status, url_shown(answer->session->head.location));
}

/* Statuses 300 and up, and the odd ones below. */
static int say_status(const struct answer *answer)
{
    static const struct {
        short status;
        unsigned char class;
        const char *sentence;
    } rows[] = {
        {400, FAULT_REFUSED, "'%s': the server calls the request bad (400)"},
        {403, FAULT_AUTH, "access to '%s' is denied (403)"},
        {404, FAULT_REFUSED, "repository '%s' not found"},
        {410, FAULT_REFUSED, "'%s' is gone, or this way to log in is (410)"},
    };
    struct fault *fault = answer->session->fault;
    const char *url = answer->url;
    if (answer->status == 401)
        return say_unauthorized(answer);
    if (answer->status == 429 || answer->status == 503)
        return say_slow_down(answer);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].status == answer->status)
            return fault_set(fault,
                             answer->status == 410 && answer->session->cred.have ? FAULT_AUTH
                                                                                 : rows[i].class,
                             rows[i].sentence, url);
    if (answer->status >= 500)
        return fault_set(fault, FAULT_REFUSED, "'%s': the server failed with %d", url,
                         answer->status);
    const char *location = answer->session->head.location;
    /* Those that are followed after a GET. */
    if (*location && ((answer->status >= 301 && answer->status <= 303) || answer->status == 307 ||
                      answer->status == 308))
        return say_redirect(answer);
    return fault_set(fault, FAULT_REFUSED, "'%s': the server answered %d, 200 was expected", url,
                     answer->status);
}

/* info/refs of a dumb server: oid HTAB name LF */
static bool is_dumb(const struct answer *answer)
{
    struct oid oid;
    for (size_t digits = 2 * OID_SHA1; digits <= 2 * OID_SHA256; digits += 24)
        if (answer->size > digits && answer->body[digits] == '\t' &&
            oid_parse(answer->body, digits, &oid) == 0)
            return true;
    return false;
}

static int say_type(const struct answer *answer)
{
    const char *got = answer->session->head.content_type;
    if (is_dumb(answer))
        return fault_set(answer->session->fault, FAULT_REFUSED,
                         "'%s' is on a dumb server, which only hands out files; smidgit speaks "
                         "the smart HTTP protocol",
                         answer->url);
    return fault_set(answer->session->fault, FAULT_PROTOCOL,
                     "'%s': not a git repository: the server answered %s", answer->url,
                     *got ? got : "without a content type");
}

int refusal_check(struct http_session *session, const char *type)
{
    struct answer answer = {.session = session, .status = session->head.status};
    const char *encoding = session->head.content_encoding;
    if (answer.status == 200 && *encoding)
        return fault_set(session->fault, FAULT_PROTOCOL,
                         "HTTP: Content-Encoding '%.60s', which was not asked for", encoding);
    if (answer.status == 200 && strcmp(session->head.content_type, type) == 0)
        return 0;
    url_format(&session->url, answer.url, sizeof answer.url);
    body_read(&answer);
    if (answer.status != 200)
        body_show(&answer);
    if (answer.status == 200)
        say_type(&answer);
    else
        say_status(&answer);
    proxy_mention(session);
    tls_port_ask(answer.status == 400 && !session->url.https, session->fault);
    return help_add(&answer);
}
