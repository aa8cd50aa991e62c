/* SPDX-License-Identifier: MIT */
/* What somebody has set of a session (http.extraHeader, http.userAgent, http.followRedirects), and
 * the header lines of a request, which it changes. */
#ifndef SMIDGIT_HTTP_CUSTOM_H
#define SMIDGIT_HTTP_CUSTOM_H

#include "remote/http_session.h"

enum { HTTP_LINES = 12 + HTTP_EXTRA_MAX };

struct http_lines {
    struct http_header rows[HTTP_LINES];
    bool secret[HTTP_LINES]; /* no trace shows it */
    size_t count;
};

/* One of the twelve that a session itself may send. */
static inline void http_line_add(struct http_lines *lines, const char *name, const char *value)
{
    lines->rows[lines->count++] = (struct http_header){name, value};
}

/* Adds the extra headers; one whose name is there already stands in its place. */
void http_custom_headers(const struct http_session_options *options, struct http_lines *lines);

enum http_redirects http_custom_redirects(const struct http_session_options *options);

/* Whether the secret goes as a token. */
bool http_custom_bearer(const struct http_session_options *options);

/* The sentence of a 401 that wants something else, for the URL and the challenge. */
extern const char http_custom_no_way[];

/* Reads the client's certificate and key, if there are, and asks for the key's password. 0 or -1.
 */
int http_custom_identity(struct http_session_options *options, struct fault *fault);
void http_custom_end(struct http_session_options *options);

/* Leaves out what is for one origin only. */
void http_custom_forget(struct http_session_options *options);

#endif
