/* SPDX-License-Identifier: MIT */
/* HTTP requests, one after the other, on one kept connection; the half of remote/remote.h that
 * knows connections and nothing of git. */
#ifndef SMIDGIT_HTTP_SESSION_H
#define SMIDGIT_HTTP_SESSION_H

#include "proto/http.h"
#include "remote/remote.h"
#include "system/growing_writer.h"

/* Shows the stream below as it is, and writes down what is consumed of it while `record` is set. */
struct tap_reader {
    struct reader reader;
    struct reader *below;
    struct growing_writer *record; /* or NULL */
    const unsigned char *from;     /* in the window: not yet written down */
};

struct session {
    struct remote_options options;
    struct url url;
    struct cred cred;
    struct net *net; /* NULL: no connection */
    struct tls *tls; /* NULL with http */
    bool kept;       /* the connection has answered before: it may be closed by now */
    struct tap_reader in;
    struct writer *out;
    struct http_head head; /* of the answer at hand */
    struct http_body body;
    struct fault *fault;
};

struct session_request {
    const char *tail;   /* behind the URL's path: "/git-upload-pack" */
    const char *accept; /* media type of the answer */
    const char *type;   /* of the body: makes it a POST; NULL: a GET */
    const void *bytes;  /* of the body, kept until the answer is there */
    size_t size;
};

void session_open(struct session *session, const struct url *url,
                  const struct remote_options *options, struct fault *fault);
void session_close(struct session *session); /* overwrites the secret */

/* Sends REQUEST, with credentials when there are some, and reads the answer's head. A kept
 * connection that turns out to be closed before any byte of an answer is opened anew, once. 0, -1.
 */
int session_ask(struct session *session, const struct session_request *request);

/* Requires that the answer's body ends here. The connection is kept if both sides can. 0 or -1. */
int session_end(struct session *session);

/* Passes over what is left of the body, if that is little; else the connection is closed. */
void session_skip(struct session *session);

/* Whatever is asked next begins with a new connection. */
void session_hang_up(struct session *session);

/* From now on requests go to URL; on another origin without the credentials and --user. */
void session_move(struct session *session, const struct url *url);

#endif
