/* SPDX-License-Identifier: MIT */
/* Nothing of a session can be set. */
#include "remote/http_custom.h"

const char http_custom_no_way[] =
    "'%s' wants a way to log in that smidgit does not have: '%.100s' (it has Basic)";

void http_custom_headers(const struct http_session_options *options, struct http_lines *lines)
{
    (void)options;
    (void)lines;
}

enum http_redirects http_custom_redirects(const struct http_session_options *options)
{
    (void)options;
    return HTTP_REDIRECTS_INITIAL;
}

bool http_custom_bearer(const struct http_session_options *options)
{
    (void)options;
    return false;
}

int http_custom_identity(struct http_session_options *options, struct fault *fault)
{
    (void)options;
    (void)fault;
    return 0;
}

void http_custom_end(struct http_session_options *options)
{
    (void)options;
}

void http_custom_forget(struct http_session_options *options)
{
    (void)options;
}
