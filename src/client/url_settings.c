/* SPDX-License-Identifier: MIT */
#include "client/url_settings.h"

#include "proto/bytes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { NORMAL_MAX = 3 * CONFIG_NAME_MAX /* bytes of a pattern's path in normal form */ };

/* Copies TEXT[0..SIZE) to *OUT, behind which it leaves *OUT. What needs no %-code gets none, what
 * needs one has it in capitals; a delimiter stays as it is. 0, or -1: '%' without two digits. */
static int unescape(const char *text, size_t size, char **out)
{
    static const char unsafe[] = " <>\"%{}|\\^`", delimiters[] = ":/?#[]@!$&'()*+,;=";
    for (size_t i = 0; i < size; i++) {
        int c = (unsigned char)text[i];
        bool coded = c == '%';
        if (coded) {
            int high = size - i > 2 ? bytes_hex(text[i + 1]) : -1;
            int low = high < 0 ? -1 : bytes_hex(text[i + 2]);
            if (low < 0)
                return -1;
            c = high * 16 + low;
            i += 2;
        }
        if (c <= 0x1f || c >= 0x7f || strchr(unsafe, c) || (coded && strchr(delimiters, c)))
            *out += sprintf(*out, "%%%02X", (unsigned)c);
        else
            *(*out)++ = (char)c;
    }
    return 0;
}

/* Writes the path TEXT[0..SIZE), and the query behind it, to OUT in normal form, which takes up to
 * three bytes for one, and two more. 0, or -1: a code that is none, or ".." above the root. */
static int normalise(const char *text, size_t size, char *out)
{
    const char *end = text + size, *at = text + (size > 0 && *text == '/');
    char *to = out;
    for (bool more = true; more; at++) {
        char *segment = to;
        size_t length = 0;
        while (at + length < end && at[length] != '/' && at[length] != '?' && at[length] != '#')
            length++;
        *to++ = '/';
        if (unescape(at, length, &to) < 0)
            return -1;
        at += length;
        *to = '\0';
        more = at < end && *at == '/';
        bool up = strcmp(segment, "/..") == 0;
        if (up && segment == out)
            return -1;
        if (up || strcmp(segment, "/.") == 0)
            to = segment;
        while (up && *--to != '/')
            continue;
        if (!more)
            break;
    }
    if (to == out)
        *to++ = '/';
    if (unescape(at, (size_t)(end - at), &to) < 0)
        return -1;
    *to = '\0';
    return 0;
}

int url_settings_open(struct url_settings *out, const struct settings *settings,
                      const struct url *url, struct fault *fault)
{
    size_t size = strlen(url->path);
    *out = (struct url_settings){settings, url, malloc(3 * size + 3)};
    if (out->path == NULL)
        return fault_set(fault, FAULT_LIMIT, "no memory for the configuration");
    if (normalise(url->path, size, out->path) < 0) {
        free(out->path);
        out->path = NULL;
    }
    return 0;
}

void url_settings_close(struct url_settings *settings)
{
    free(settings->path);
    settings->path = NULL;
}

/* user [ ":" password ]: whether USER, which is decoded, is that one. */
static bool match_user(const char *user, const char *text, size_t size)
{
    for (size_t at = 0; at < size && text[at] != ':'; at++, user++) {
        int c = (unsigned char)text[at];
        if (c == '%') {
            int high = size - at > 2 ? bytes_hex(text[at + 1]) : -1;
            int low = high < 0 ? -1 : bytes_hex(text[at + 2]);
            c = low < 0 ? 0 : high * 16 + low;
            at += 2;
        }
        if (c == '\0' || (unsigned char)*user != c)
            return false;
    }
    return *user == '\0';
}

/* Label by label; '*' stands for one. */
static bool match_host(const char *host, const char *pattern, size_t size)
{
    const char *end = pattern + size;
    while (*host && pattern < end) {
        size_t label = strcspn(host, "."), wanted = 0;
        while (pattern + wanted < end && pattern[wanted] != '.')
            wanted++;
        if (!(wanted == 1 && *pattern == '*') &&
            (label != wanted || strncasecmp(host, pattern, label) != 0))
            return false;
        host += label + (host[label] == '.');
        pattern += wanted + (pattern + wanted < end);
    }
    return *host == '\0' && pattern == end;
}

/* ":" *DIGIT, or nothing. */
static bool match_port(const struct url *url, const char *text, size_t size)
{
    uint64_t port = 0;
    bool fine = size < 2 || bytes_decimal(text + 1, size - 1, &port) == 0;
    if (port == 0)
        port = url->https ? 443 : 80;
    return fine && port == url->port;
}

/* How many bytes of the URL's path the pattern's has, and one; 0: it does not fit. */
static size_t match_path(const char *path, const char *text, size_t size)
{
    char pattern[NORMAL_MAX];
    if (normalise(text, size, pattern) < 0)
        return 0;
    size_t length = strlen(pattern);
    length -= pattern[length - 1] == '/';
    return strncmp(path, pattern, length) == 0 && (path[length] == '/' || path[length] == '\0')
               ? length + 1
               : 0;
}

/* Whether the URL is one of those that PATTERN[0..SIZE) stands for; if PARTIAL may be, a pattern
 * without a scheme, too: [user "@"] [host [":" port]] [path], what is there as it is. */
static bool match(const struct url_settings *settings, const char *pattern, size_t size,
                  bool partial, struct url_rank *rank)
{
    const struct url *url = settings->url;
    const char *scheme = url->https ? "https://" : "http://", *end = pattern + size;
    size_t length = strlen(scheme), authority = 0;
    if (settings->path == NULL)
        return false;
    if (size >= length && strncasecmp(pattern, scheme, length) == 0) {
        pattern += length;
        partial = false;
    } else if (!partial || strstr(pattern, "://"))
        return false;
    while (pattern + authority < end && !strchr("/?#", pattern[authority]))
        authority++;
    const char *path = pattern + authority, *sign = memchr(pattern, '@', authority);
    rank->user = sign != NULL;
    if (sign && !(url->has_user && match_user(url->user, pattern, (size_t)(sign - pattern))))
        return false;
    if (sign)
        pattern = sign + 1;
    const char *port = path;
    while (port > pattern && port[-1] != ':' && port[-1] != ']')
        port--;
    port = port > pattern && port[-1] == ':' ? port - 1 : path;
    rank->host = (size_t)(port - pattern);
    bool address = rank->host > 1 && *pattern == '[' && port[-1] == ']';
    bool any_host = partial && rank->host == 0 && port == path;
    if (partial && memchr(pattern, '*', rank->host))
        return false;
    if (!any_host && !(match_host(url->host, pattern + address, rank->host - (address ? 2 : 0)) &&
                       match_port(url, port, (size_t)(path - port))))
        return false;
    rank->path = match_path(settings->path, path, (size_t)(end - path));
    if (partial && rank->path > 1) {
        const char *below = settings->path + rank->path - 1;
        return below[*below == '/'] == '\0';
    }
    return rank->path > 0;
}

static bool is_worse(const struct url_rank *rank, const struct url_rank *than)
{
    if (rank->host != than->host)
        return rank->host < than->host;
    if (rank->path != than->path)
        return rank->path < than->path;
    return !rank->user && than->user;
}

const struct setting *url_settings_next(const struct url_settings *settings, const char *section,
                                        const char *key, unsigned scopes, size_t *at,
                                        struct url_rank *best)
{
    size_t first = strlen(section) + 1, last = strlen(key);
    while (*at < settings->settings->count) {
        const struct setting *setting = &settings->settings->all[(*at)++];
        const char *name = setting->name, *dot = strrchr(name, '.');
        struct url_rank rank = {0};
        size_t length = strlen(name);
        if (!(scopes & 1U << setting->scope) || length < first + last ||
            strncmp(name, section, first - 1) != 0 || name[first - 1] != '.' ||
            strcmp(dot + 1, key) != 0)
            continue;
        if (dot >= name + first &&
            !match(settings, name + first, (size_t)(dot - name) - first, best == NULL, &rank))
            continue;
        if (best && is_worse(&rank, best))
            continue;
        if (best)
            *best = rank;
        return setting;
    }
    return NULL;
}

const struct setting *url_settings_find(const struct url_settings *settings, const char *section,
                                        const char *key, unsigned scopes)
{
    struct url_rank best = {0};
    const struct setting *found = NULL, *next;
    for (size_t at = 0;
         (next = url_settings_next(settings, section, key, scopes, &at, &best)) != NULL;)
        found = next;
    return found;
}
