/* SPDX-License-Identifier: MIT */
/* A session that reaches its server by way of a proxy.
 *
 *   https  CONNECT host:port HTTP/1.1       a tunnel (RFC 9110, 9.3.6); TLS in it is the server's
 *   http   GET http://host/path HTTP/1.1    the absolute form (RFC 9112, 3.2.2)
 *   both   SOCKS version 5                  net/socks.h
 *
 * To an https proxy the first two go by TLS, too.
 *
 * The proxy's password (RFC 9110, 11.7) goes to the proxy alone, in CONNECT or in a request in
 * absolute form, and the server's password never into CONNECT. It stands in the proxy's URL, or is
 * looked for when a 407 offers Basic (C5).
 */
#ifndef SMIDGIT_PROXY_H
#define SMIDGIT_PROXY_H

#include "remote/http_custom.h"
#include "remote/http_session.h"

struct proxy;

/* Connects to the session's server, or to the proxy that is to be asked for it, up to where the
 * server's own TLS begins: session->net. 0; -1 with FAULT_NETWORK, FAULT_AUTH, FAULT_REFUSED,
 * FAULT_PROTOCOL or FAULT_USAGE, whose sentence names the proxy. */
int proxy_connect(struct http_session *session);

/* Closes what belongs to the proxy alone, after the server's TLS and before session->net. */
void proxy_hang_up(struct http_session *session);

/* Whether a proxy stands between this machine and the server. */
bool proxy_used(const struct http_session *session);

/* *OUT: what stands in a request's line in front of the tail; and, when the proxy wants one, its
 * password is put among LINES. Both hold until the next call. 0; -1 with FAULT_AUTH or FAULT_LIMIT.
 */
int proxy_target(struct http_session *session, struct http_lines *lines, const char **out);

/* After an answer's head: a password that was not refused was right. 0 or -1. */
int proxy_answered(struct http_session *session);

/* After an answer's head: 1, the proxy wants a password, and the request may be sent again with
 * one; 0, the answer is no 407; -1 and FAULT_AUTH. */
int proxy_log_in(struct http_session *session);

/* Puts behind a sentence on what was answered that it may be the proxy's answer. */
void proxy_mention(const struct http_session *session);

/* Overwrites and frees what is known of the proxy. */
void proxy_forget(struct http_session *session);

#endif
