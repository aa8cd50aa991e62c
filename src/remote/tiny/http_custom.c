/* SPDX-License-Identifier: MIT */
/* Nothing of a session can be set. */
#include "remote/http_custom.h"

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

void http_custom_forget(struct http_session_options *options)
{
    (void)options;
}
