/* SPDX-License-Identifier: MIT */
/* Which proxy a server is asked by, and what its URL says.
 *
 * The first of these that is there counts, also when it is empty, which means none:
 *   --proxy; http.<url>.proxy or http.proxy;
 *   https_proxy, HTTPS_PROXY for https; http_proxy for http; all_proxy, ALL_PROXY
 * But no_proxy, or else NO_PROXY, names servers that are asked directly. HTTP_PROXY does not count:
 * for a CGI program that is a header of a stranger ("httpoxy", CVE-2016-5385).
 */
#ifndef SMIDGIT_PROXY_CHOICE_H
#define SMIDGIT_PROXY_CHOICE_H

#include "proto/url.h"

/* What each is asked: CONNECT or a request in absolute form (RFC 9110, 9.3.6 and 7.1), with TLS
 * below that or not; SOCKS (RFC 1928), with an address or with a name. */
enum proxy_kind { PROXY_HTTP, PROXY_HTTPS, PROXY_SOCKS5, PROXY_SOCKS5H };

struct proxy_choice {
    const char *said; /* a URL, as somebody wrote it, maybe with a password; NULL: no proxy */
    const char *by;   /* "--proxy", "http.proxy", "https_proxy": for sentences */
};

/* The proxy for URL, of SETTING, which is from the command line or git's settings (its `said` is
 * NULL: they say nothing), or of the environment. What the choice points to is SETTING's or the
 * environment's. */
struct proxy_choice proxy_choose(const struct proxy_choice *setting, const struct url *url);

/* Parses what CHOICE says, which is not NULL:
 *
 *   [ scheme "://" ] [ user [ ":" password ] "@" ] host [ ":" port ] [ "/" ... ]
 *
 * Without a scheme it is http. The port is 1080 where there is none, as curl has it, and 443 for
 * https. *OUT stands in ROOM, of PROXY_ROOM(said) bytes; it has no path. What is no such URL, or of
 * another kind (socks4), is a FAULT_USAGE for the option, a FAULT_LOCAL for what stands elsewhere;
 * the sentence says where, and has no password in it. 0 or -1. */
int proxy_parse(const struct proxy_choice *choice, char *room, enum proxy_kind *kind,
                struct url *out, struct fault *fault);
#define PROXY_ROOM(text) (strlen(text) + sizeof "https://")

#endif
