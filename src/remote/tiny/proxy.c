/* SPDX-License-Identifier: MIT */
/* Servers are asked directly. */
#include "remote/proxy.h"

#include <stdio.h>

int proxy_connect(struct http_session *session)
{
    const struct url *url = &session->url;
    char host[URL_HOST_MAX + URL_ZONE_MAX];
    snprintf(host, sizeof host, "%s%s%s", url->host, *url->zone ? "%" : "", url->zone);
    session->net = net_open(host, url->port, &session->options.limits, session->fault);
    return session->net ? 0 : -1;
}

void proxy_hang_up(struct http_session *session)
{
    (void)session;
}

bool proxy_used(const struct http_session *session)
{
    (void)session;
    return false;
}

int proxy_target(struct http_session *session, struct http_lines *lines, const char **out)
{
    (void)lines;
    *out = session->url.path;
    return 0;
}

int proxy_answered(struct http_session *session)
{
    (void)session;
    return 0;
}

int proxy_log_in(struct http_session *session)
{
    (void)session;
    return 0;
}

void proxy_mention(const struct http_session *session)
{
    (void)session;
}

void proxy_forget(struct http_session *session)
{
    (void)session;
}
