/* SPDX-License-Identifier: MIT */
/* HTTP requests, one after the other, on one kept connection: the half of a remote that knows
 * connections, and of git no more than a header. */
#ifndef SMIDGIT_HTTP_SESSION_H
#define SMIDGIT_HTTP_SESSION_H

#include "net/net.h"
#include "proto/http.h"
#include "proto/url.h"
#include "remote/cred.h"
#include "remote/proxy_choice.h"
#include "remote/trace.h"
#include "system/growing_writer.h"
#include "tls/tls.h"

/* Whether a server may lead elsewhere: only with the first request, as a rule. */
enum http_redirects { HTTP_REDIRECTS_INITIAL, HTTP_REDIRECTS_ALL, HTTP_REDIRECTS_NONE };

enum { HTTP_EXTRA_MAX = 32 };

struct http_custom {
    const char *agent; /* User-Agent, or NULL: our own */
    enum http_redirects redirects;
    struct http_header extra[HTTP_EXTRA_MAX]; /* secrets, for this origin only: a session that goes
                                                 to another one takes them out */
    size_t extra_count;
    const char *cert_file, *key_file; /* tls/identity.h; or NULL */
    bool insecure_here;               /* tls.insecure is for this origin only */
    unsigned retries; /* tries in turn that the network may fail, after the first (retry.h) */
    struct proxy_choice proxy_setting; /* of --proxy or http.proxy */
    struct cred_options proxy_cred;    /* for the proxy's password: its helpers */
    struct proxy *proxy;               /* whom the session asks (remote/proxy.h), or NULL */
};

struct http_session_options {
    struct tls_options tls;
    struct net_limits limits;
    struct cred_options cred;
    bool allow_http_auth; /* --allow-http-auth: credentials over plain http off this machine */
    bool quiet;           /* no "remote: ..." lines */
    int protocol;         /* 2, or 0 to ask for no other (protocol.version) */
    struct trace *trace;  /* or NULL */
    struct http_custom *custom; /* what somebody has set besides, or NULL */
};

/* Shows the stream below as it is, and writes down what is consumed of it while `record` is set. */
struct tap_reader {
    struct reader reader;
    struct reader *below;
    struct growing_writer *record; /* or NULL */
    const unsigned char *from;     /* in the window: not yet written down */
};

struct http_session {
    struct http_session_options options;
    struct url url; /* in the caller's room, or in that of the last redirect: */
    char *moved;    /* URL_MAX bytes, or NULL */
    struct cred cred;
    struct net *net; /* NULL: no connection */
    struct tls *tls; /* NULL with http */
    bool kept; /* the last answer was read to its end: another may follow, unless the server has
                * closed the connection by now */
    struct tap_reader in;
    struct writer *out;
    struct fault *fault;
    struct http_body body; /* of the answer at hand */
    struct http_head head;
    unsigned failed; /* requests in turn that brought nothing (retry.h) */
};

struct http_session_request {
    const char *tail;   /* behind the URL's path: "/git-upload-pack" */
    const char *accept; /* media type of the answer */
    const char *type;   /* of the body: makes it a POST; NULL: a GET */
    const void *bytes;  /* of the body, kept until the answer is there */
    size_t size;
};

/* The URL's room outlives the session. */
void http_session_open(struct http_session *session, const struct url *url,
                       const struct http_session_options *options, struct fault *fault);
void http_session_close(struct http_session *session); /* overwrites the secret */

/* Sends REQUEST, with credentials when there are some, and reads the answer's head. A kept
 * connection that turns out to be closed before any byte of an answer is opened anew, once. 0, -1.
 */
int http_session_ask(struct http_session *session, const struct http_session_request *request);

/* Sends a request without a body to whomever the connection leads, "METHOD TARGET HTTP/1.1" and
 * LINES, and reads the answer's head. *CLOSED: the connection was closed before any byte of it. 0,
 * -1. */
struct http_lines;
int http_session_head(struct http_session *session, const char *method, const char *target,
                      const struct http_lines *lines, bool *closed);

/* Requires that the answer's body ends here. The connection is kept if both sides can. 0 or -1. */
int http_session_end(struct http_session *session);

/* From now on the body of the answer has to come in time (H7). */
void http_session_hurry_body(struct http_session *session);

/* Passes over what is left of the body, if that is little; else the connection is closed. */
void http_session_skip(struct http_session *session);

/* Whatever is asked next begins with a new connection. */
void http_session_hang_up(struct http_session *session);

/* From now on requests go where LOCATION leads, which answered a request for TAIL
 * (url_redirect()); on another origin without the credentials, --user and extra
 * headers. 0 or -1. */
int http_session_move(struct http_session *session, const char *tail, const char *location);

#endif
