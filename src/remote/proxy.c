/* SPDX-License-Identifier: MIT */
#include "remote/proxy.h"

#include "net/resolve.h"
#include "net/socks.h"
#include "system/wipe.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct proxy {
    struct proxy_choice choice; /* what it was made of */
    enum proxy_kind kind;
    struct url url;
    char authority[URL_HOST_MAX + 16]; /* "host:port" of the server, as CONNECT names it */
    char name[URL_HOST_MAX + 64];      /* "the proxy host:port (https_proxy)" */
    struct cred cred;
    struct tls *tls; /* to the proxy, while that to the server goes through it; or NULL */
    size_t tried;    /* addresses of the server, by socks5 */
    char *target;    /* of requests in absolute form, URL_MAX bytes; or NULL */
    char *login;     /* the value of Proxy-Authorization; or NULL */
};

static struct proxy *proxy_of(const struct http_session *session)
{
    return session->options.custom ? session->options.custom->proxy : NULL;
}

static void address_format(const struct url *url, char *out, size_t size)
{
    bool six = url->kind == URL_HOST_IPV6;
    snprintf(out, size, "%s%s%s:%u", six ? "[" : "", url->host, six ? "]" : "", url->port);
}

static void login_forget(struct proxy *proxy)
{
    if (proxy->login)
        wipe(proxy->login, strlen(proxy->login));
    free(proxy->login);
    proxy->login = NULL;
}

void proxy_forget(struct http_session *session)
{
    struct proxy *proxy = proxy_of(session);
    if (proxy == NULL)
        return;
    login_forget(proxy);
    cred_forget(&proxy->cred);
    if (proxy->url.room)
        wipe(proxy->url.password, strlen(proxy->url.password));
    free(proxy->url.room);
    free(proxy->target);
    free(proxy);
    session->options.custom->proxy = NULL;
}

/* Makes a struct proxy of CHOICE, which stays the session's until it is led to a server that
 * another choice is for. */
static int proxy_make(struct http_session *session, const struct proxy_choice *choice)
{
    struct proxy *proxy = calloc(1, sizeof *proxy);
    char *room = malloc(PROXY_ROOM(choice->said)), where[URL_HOST_MAX + 16];
    if (proxy == NULL || room == NULL) {
        free(proxy);
        free(room);
        return fault_set(session->fault, FAULT_LIMIT, "no memory for a proxy");
    }
    session->options.custom->proxy = proxy;
    proxy->choice = *choice;
    if (proxy_parse(choice, room, &proxy->kind, &proxy->url, session->fault) < 0) {
        free(room);
        return -1;
    }
    address_format(&proxy->url, where, sizeof where);
    snprintf(proxy->name, sizeof proxy->name, "the proxy %s (%s)", where, choice->by);
    return 0;
}

/* *OUT: the proxy for the session's server, or NULL. */
static int proxy_find(struct http_session *session, struct proxy **out)
{
    struct http_custom *custom = session->options.custom;
    struct proxy_choice choice = {NULL, NULL};
    if (custom)
        choice = proxy_choose(&custom->proxy_setting, &session->url);
    *out = proxy_of(session);
    if (*out && (*out)->choice.said == choice.said)
        return 0;
    proxy_forget(session);
    if (choice.said && proxy_make(session, &choice) < 0)
        return -1;
    *out = proxy_of(session);
    return 0;
}

/* The answer 407, or what the proxy's URL has of a password. 0; -1 and FAULT_AUTH. */
static int login_fill(struct http_session *session, struct proxy *proxy, const char *challenge)
{
    struct cred_options *options = &session->options.custom->proxy_cred;
    options->no_prompt = session->options.cred.no_prompt;
    login_forget(proxy);
    if (cred_fill_proxy(&proxy->url, options, challenge, &proxy->cred, session->fault) == 0)
        return 0;
    if (session->fault->class != FAULT_AUTH)
        return -1;
    fault_clear(session->fault);
    return fault_set(session->fault, FAULT_AUTH,
                     "%s wants a user name and a password, and neither its URL nor a credential "
                     "helper, GIT_ASKPASS or a terminal gives them",
                     proxy->name);
}

/* The proxy wants a password: a 407 has come, or what SOCKS has for it. 1: there is a password now,
 * or another one; -1. */
static int login_again(struct http_session *session, struct proxy *proxy)
{
    const struct http_head *head = &session->head;
    if (proxy->cred.have) {
        login_forget(proxy);
        int rc = cred_refused(&proxy->url, &session->options.custom->proxy_cred, &proxy->cred,
                              session->fault);
        return rc != 0 ? rc
                       : fault_set(session->fault, FAULT_AUTH,
                                   "%s refuses the user name and the password from %s", proxy->name,
                                   proxy->cred.source);
    }
    if (!head->offers_basic)
        return fault_set(session->fault, FAULT_AUTH,
                         "%s wants a way to log in that smidgit does not have: '%.100s' (it has "
                         "Basic)",
                         proxy->name, head->challenge);
    return login_fill(session, proxy, head->challenge) < 0 ? -1 : 1;
}

static int login_add(struct http_session *session, struct proxy *proxy, struct http_lines *lines)
{
    if (!proxy->cred.have)
        return 0;
    if (proxy->login == NULL)
        proxy->login = cred_header(&proxy->cred, session->fault);
    if (proxy->login == NULL)
        return fault_wrap(session->fault, "%s", proxy->name);
    http_line_add(lines, "Proxy-Authorization", proxy->login);
    lines->secret[lines->count - 1] = true;
    return 0;
}

static int login_approve(struct http_session *session, struct proxy *proxy)
{
    return proxy->cred.have ? cred_approve(&proxy->url, &session->options.custom->proxy_cred,
                                           session->options.quiet, &proxy->cred, session->fault)
                            : 0;
}

/* What a CONNECT was answered with: 0, 1 (again, on a new connection), -1. */
static int tunnel_judge(struct http_session *session, struct proxy *proxy)
{
    int status = session->head.status;
    /* tinyproxy says 401 of a wrong password, though no server has been asked yet. */
    if (status == 407 || status == 401)
        return login_again(session, proxy);
    if (status >= 300)
        return fault_set(session->fault, status >= 500 ? FAULT_NETWORK : FAULT_REFUSED,
                         "%s does not connect to %s: it answered %d", proxy->name, proxy->authority,
                         status);
    /* H11: what a length or a coding says here means nothing (RFC 9110, 9.3.6); whatever comes is
     * from the tunnel, and a server of TLS waits for the client. */
    if (session->in.reader.at < session->in.reader.end)
        return fault_set(session->fault, FAULT_PROTOCOL,
                         "%s: bytes follow its answer to CONNECT, before anything was asked",
                         proxy->name);
    return login_approve(session, proxy);
}

/* CONNECT host ":" port */
static int tunnel(struct http_session *session, struct proxy *proxy)
{
    const struct http_custom *custom = session->options.custom;
    struct http_lines lines = {.count = 0};
    http_line_add(&lines, "Host", proxy->authority);
    if (login_add(session, proxy, &lines) < 0)
        return -1;
    http_line_add(&lines, "User-Agent",
                  custom->agent ? custom->agent : "git/smidgit-" SMIDGIT_VERSION);
    bool silent = false;
    if (http_session_head(session, "CONNECT", proxy->authority, &lines, &silent) < 0) {
        if (!silent)
            return fault_wrap(session->fault, "%s: CONNECT %s", proxy->name, proxy->authority);
        fault_clear(session->fault);
        return fault_set(session->fault, FAULT_NETWORK,
                         "%s closed the connection without an answer to CONNECT", proxy->name);
    }
    return tunnel_judge(session, proxy);
}

/* socks5 sends an address, which is looked for here, and the next one on a new connection when
 * nobody answers there; socks5h sends the name, as curl has it. 0, 1 (again), -1. */
static int socks(struct http_session *session, struct proxy *proxy)
{
    const struct url *url = &session->url;
    const struct net_limits *limits = &session->options.limits;
    struct resolve_address addresses[RESOLVE_MAX];
    struct socks_request request = {.host = url->host, .port = url->port};
    size_t count = 1;
    if (proxy->cred.have) {
        request.user = proxy->cred.user;
        request.password = proxy->cred.secret;
    }
    if (proxy->kind == PROXY_SOCKS5) {
        if (resolve(url->host, url->port, proxy->authority, limits->rules, addresses, &count,
                    session->fault) < 0)
            return -1;
        request.address = addresses + (proxy->tried < count ? proxy->tried : count - 1);
    }
    if (socks_connect(session->net, &request, session->fault) == 0)
        return login_approve(session, proxy);
    if (session->fault->class == FAULT_AUTH && proxy->cred.have) {
        fault_clear(session->fault);
        return login_again(session, proxy);
    }
    if (session->fault->class != FAULT_NETWORK || ++proxy->tried >= count)
        return fault_wrap(session->fault, "%s: %s", proxy->name, proxy->authority);
    fault_clear(session->fault);
    return 1;
}

/* Connects to HOST, which is the server or PROXY. */
static int reach(struct http_session *session, const struct url *url, const struct proxy *proxy)
{
    char host[URL_HOST_MAX + URL_ZONE_MAX];
    snprintf(host, sizeof host, "%s%s%s", url->host, *url->zone ? "%" : "", url->zone);
    session->net = net_open(host, url->port, &session->options.limits, session->fault);
    if (session->net == NULL)
        return proxy ? fault_wrap(session->fault, "the proxy (%s)", proxy->choice.by) : -1;
    if (proxy)
        trace_note(session->options.trace, "connected to %s", proxy->name);
    return 0;
}

/* TLS with an https proxy, which has to be who it says whatever may be set for the server. Until
 * there is a tunnel it is the session's own. */
static int shake_hands(struct http_session *session, const struct proxy *proxy)
{
    const struct tls_options *usual = &session->options.tls;
    const struct tls_options options = {
        .ca_file = usual->ca_file, .ca_said_by = usual->ca_said_by, .date = usual->date};
    session->tls = tls_open(session->net, proxy->url.host, &options, session->fault);
    return session->tls ? 0 : fault_wrap(session->fault, "%s", proxy->name);
}

/* The server's own TLS is next, in the stream that leads to it. */
static void enter_tunnel(struct http_session *session, struct proxy *proxy)
{
    proxy->tls = session->options.tls.outer = session->tls;
    session->tls = NULL;
}

void proxy_hang_up(struct http_session *session)
{
    struct proxy *proxy = proxy_of(session);
    if (proxy == NULL)
        return;
    tls_close(proxy->tls);
    proxy->tls = session->options.tls.outer = NULL;
}

int proxy_connect(struct http_session *session)
{
    struct proxy *proxy;
    if (proxy_find(session, &proxy) < 0)
        return -1;
    if (proxy == NULL)
        return reach(session, &session->url, NULL);
    address_format(&session->url, proxy->authority, sizeof proxy->authority);
    if (proxy->url.has_user && !proxy->cred.have && login_fill(session, proxy, NULL) < 0)
        return -1;
    proxy->tried = 0;
    for (int rc = 1; rc > 0;) {
        rc = reach(session, &proxy->url, proxy);
        if (rc == 0 && proxy->kind == PROXY_HTTPS)
            rc = shake_hands(session, proxy);
        if (rc == 0 && proxy->kind >= PROXY_SOCKS5)
            rc = socks(session, proxy);
        else if (rc == 0 && session->url.https)
            rc = tunnel(session, proxy);
        if (rc == 0) {
            if (session->url.https)
                enter_tunnel(session, proxy);
            net_name(session->net, proxy->authority, proxy->name);
            return 0;
        }
        http_session_hang_up(session);
    }
    return -1;
}

bool proxy_used(const struct http_session *session)
{
    return proxy_of(session) != NULL;
}

/* Whether the requests themselves are for the proxy to read. */
static bool proxy_reads(const struct http_session *session)
{
    const struct proxy *proxy = proxy_of(session);
    return proxy && proxy->kind <= PROXY_HTTPS && !session->url.https;
}

int proxy_target(struct http_session *session, struct http_lines *lines, const char **out)
{
    struct proxy *proxy = proxy_of(session);
    *out = session->url.path;
    if (!proxy_reads(session))
        return 0;
    if (proxy->target == NULL)
        proxy->target = malloc(URL_MAX);
    if (proxy->target == NULL)
        return fault_set(session->fault, FAULT_LIMIT, "no memory for a URL");
    *out = url_format(&session->url, proxy->target, URL_MAX);
    return login_add(session, proxy, lines);
}

int proxy_answered(struct http_session *session)
{
    int status = session->head.status;
    /* A 401 may be the server's, or tinyproxy's. */
    return proxy_reads(session) && status != 407 && status != 401
               ? login_approve(session, proxy_of(session))
               : 0;
}

int proxy_log_in(struct http_session *session)
{
    if (session->head.status != 407)
        return 0;
    if (!proxy_reads(session))
        return fault_set(session->fault, FAULT_AUTH,
                         "%s: a proxy that was not asked wants a login (407): --proxy names one",
                         session->url.host);
    http_session_skip(session);
    return login_again(session, proxy_of(session));
}

void proxy_mention(const struct http_session *session)
{
    struct fault *fault = session->fault;
    size_t used = strlen(fault->text);
    if (proxy_reads(session))
        snprintf(fault->text + used, sizeof fault->text - used, " (by way of %s)",
                 proxy_of(session)->name);
}
