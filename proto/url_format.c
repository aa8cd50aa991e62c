/* SPDX-License-Identifier: MIT */
/* URLs as they are shown and stored: never with a password. */
#include "url.h"

#include <stdio.h>
#include <string.h>

static bool is_plain(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           strchr("-._~", c) != NULL;
}

/* USER, or "", is shown percent-coded, as git does it. */
static char *format(const struct url *url, const char *user, char *out, size_t size)
{
    bool six = url->kind == URL_HOST_IPV6, named = *user != '\0';
    char port[16] = "";
    size_t used = (size_t)snprintf(out, size, "http%s://", url->https ? "s" : "");
    for (; *user && used + 4 < size; user++) {
        if (is_plain(*user))
            out[used++] = *user;
        else
            used += (size_t)snprintf(out + used, 4, "%%%02x", (unsigned)(unsigned char)*user);
    }
    if (url->port != (url->https ? 443U : 80U))
        snprintf(port, sizeof port, ":%u", url->port);
    if (used < size)
        snprintf(out + used, size - used, "%s%s%s%s%s%s%s%s", named ? "@" : "", six ? "[" : "",
                 url->host, *url->zone ? "%25" : "", url->zone, six ? "]" : "", port, url->path);
    return out;
}

char *url_format(const struct url *url, char *out, size_t size)
{
    return format(url, "", out, size);
}

char *url_format_user(const struct url *url, char *out, size_t size)
{
    return format(url, url->has_user ? url->user : "", out, size);
}

size_t url_user_end(const char *text, size_t size, size_t *start)
{
    size_t i = 0, end = 0;
    bool path = false, colon = false;
    while (i < size && (is_plain(text[i]) || text[i] == '+'))
        i++;
    if (i < size && text[i] == ':')
        i++;
    i = size - i >= 2 && memcmp(text + i, "//", 2) == 0 ? i + 2 : 0;
    for (*start = i; i < size; i++) {
        colon = colon || text[i] == ':';
        path = path || text[i] == '/';
        if (text[i] == '@' && (colon || !path))
            end = i + 1;
    }
    return end;
}

const char *url_shown(const char *text)
{
    size_t start;
    return text + url_user_end(text, strlen(text), &start);
}

bool url_hide_password(char *text)
{
    size_t start, end = url_user_end(text, strlen(text), &start);
    char *colon = end ? memchr(text + start, ':', end - start) : NULL;
    if (colon)
        memset(colon + 1, '*', (size_t)(text + end - 1 - (colon + 1)));
    return colon != NULL;
}

bool url_same_origin(const struct url *a, const struct url *b)
{
    return a->https == b->https && a->port == b->port && strcmp(a->host, b->host) == 0 &&
           strcmp(a->zone, b->zone) == 0;
}
