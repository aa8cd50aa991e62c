/* SPDX-License-Identifier: MIT */
#include "remote/http_custom.h"

#include <strings.h>

const char http_custom_no_way[] = "'%s' wants a way to log in that smidgit does not have: '%.100s' "
                                  "(it has Basic, and Bearer with --auth bearer)";

static void line_put(struct http_lines *lines, const struct http_header *line, bool secret)
{
    size_t at = 0;
    while (at < lines->count &&
           (lines->secret[at] || strcasecmp(lines->rows[at].name, line->name) != 0))
        at++;
    lines->count += at == lines->count;
    lines->rows[at] = *line;
    lines->secret[at] = secret;
}

void http_custom_headers(const struct http_session_options *options, struct http_lines *lines)
{
    const struct http_custom *custom = options->custom;
    if (custom && custom->agent)
        line_put(lines, &(struct http_header){"User-Agent", custom->agent}, false);
    for (size_t i = 0; custom && i < custom->extra_count; i++)
        line_put(lines, &custom->extra[i], true);
}

enum http_redirects http_custom_redirects(const struct http_session_options *options)
{
    return options->custom ? options->custom->redirects : HTTP_REDIRECTS_INITIAL;
}

bool http_custom_bearer(const struct http_session_options *options)
{
    return options->cred.bearer;
}

void http_custom_forget(struct http_session_options *options)
{
    options->cred.bearer = false;
    if (options->custom == NULL)
        return;
    options->custom->extra_count = 0;
    options->tls.insecure = options->tls.insecure && !options->custom->insecure_here;
}
