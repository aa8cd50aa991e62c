/* SPDX-License-Identifier: MIT */
/* http and https URLs (RFC 3986, strictly).
 *
 *   URL       = ("http" / "https") "://" [ userinfo "@" ] host [ ":" port ] path [ "?" query ]
 *   userinfo  = user [ ":" password ]                       percent-coded
 *   host      = reg-name / IPv4address / "[" IPv6address [ "%25" zone ] "]"       (RFC 6874)
 *
 * Format notes
 * - No control byte and no space, neither raw nor percent-coded: what a URL says ends up in
 *   requests, in files and on the terminal.
 * - Names are in lower case here, so that origins compare.
 */
#include "url.h"

#include "bytes.h"

#include <stdio.h>
#include <string.h>

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Refuses what is no http URL, and shows its https form where there is one: for "git@host:path",
 * "ssh://host/path", "user:password@host/path". With a slash before the '@' nobody can say which
 * part is the host. */
static int other_transport(const char *text, struct fault *fault)
{
    size_t start, end = url_user_end(text, strlen(text), &start), user = end ? end - start : 0;
    bool scheme = start > 0, password = memchr(text + start, ':', user) != NULL;
    const char *host = text + start + user;
    size_t length = strcspn(host, *host == '[' ? "]" : password && !scheme ? "/" : ":/");
    length += host[length] == ']';
    const char *rest = host + length;
    if (scheme)
        rest += strcspn(rest, "/");
    bool mistyped = *rest == ':' && strncmp(host, "http", 4) == 0; /* "https:/host/path" */
    if (length > 0 && *rest && (scheme || user > 0 || (*rest == ':' && !mistyped)) &&
        !memchr(text + start, '/', user))
        return fault_set(fault, FAULT_USAGE, "only HTTPS is supported: use https://%.*s/%.500s",
                         (int)length, host, rest + strspn(rest, ":/"));
    return fault_set(fault, FAULT_USAGE,
                     "'%.200s' is no URL: local paths are not cloned, only HTTPS is "
                     "supported (https://host/path)",
                     user > 0 ? host : text);
}

/* scheme = "http://" / "https://", in any case */
static int parse_scheme(char **at, struct url *url, struct fault *fault)
{
    static const char *const schemes[] = {"http://", "https://"};
    for (int https = 0; https < 2; https++) {
        size_t i = 0, length = strlen(schemes[https]);
        while (i < length && bytes_lower((*at)[i]) == schemes[https][i])
            i++;
        if (i < length)
            continue;
        url->https = https;
        *at += length;
        return 0;
    }
    return other_transport(*at, fault);
}

/* Bytes that may stand in no part of a URL, and codes for bytes that may not. */
static int check_bytes(const char *text, struct fault *fault)
{
    for (size_t i = 0; text[i]; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c <= 0x20 || c == 0x7f)
            return fault_set(fault, FAULT_USAGE, "URL: byte %zu is a space or control byte", i);
        if (c != '%')
            continue;
        int high = bytes_hex(text[i + 1]), low = high < 0 ? -1 : bytes_hex(text[i + 2]);
        if (low < 0)
            return fault_set(fault, FAULT_USAGE, "URL: byte %zu: '%%' without two digits", i);
        if (high * 16 + low < 0x20 || high * 16 + low == 0x7f)
            return fault_set(fault, FAULT_USAGE, "URL: byte %zu: %%%c%c stands for a control byte",
                             i, text[i + 1], text[i + 2]);
    }
    return 0;
}

/* Percent-decodes TEXT[0..SIZE) where it stands. What is left of it, and the separator behind it,
 * become NULs: of a password there is no second copy. */
static char *decode(char *text, size_t size)
{
    size_t used = 0;
    for (size_t i = 0; i < size; i++) {
        text[used] = text[i];
        if (text[i] == '%') {
            text[used] = (char)(bytes_hex(text[i + 1]) * 16 + bytes_hex(text[i + 2]));
            i += 2;
        }
        used++;
    }
    memset(text + used, 0, size - used + 1);
    return text;
}

/* userinfo = user [ ":" password ] */
static int parse_userinfo(char *text, size_t size, struct url *url, struct fault *fault)
{
    char *colon = memchr(text, ':', size);
    size_t user = colon ? (size_t)(colon - text) : size;
    if (strcspn(text, "/?#[]<>\"{}|^`\\") < size)
        return fault_set(fault, FAULT_USAGE,
                         "URL: a character before '@' that must be percent-coded");
    url->has_user = true;
    url->has_password = colon != NULL;
    url->user = decode(text, user);
    if (colon)
        url->password = decode(colon + 1, size - user - 1);
    return 0;
}

/* port = 1*5DIGIT, from 1 to 65535. What stands there instead is not shown: it may be a password
 * with a slash in it. */
static int parse_port(const char *text, size_t size, struct url *url, struct fault *fault)
{
    uint64_t port;
    if (size > 5 || bytes_decimal(text, size, &port) < 0 || port < 1 || port > 65535)
        return fault_set(fault, FAULT_USAGE, "URL: no port from 1 to 65535 behind the ':'");
    url->port = (unsigned)port;
    return 0;
}

/* IPv4address = 4 decimal octets; other names whose last label is a number are refused (as WHATWG
 * says). */
static int judge_name(struct url *url, struct fault *fault)
{
    unsigned octets = 0;
    const char *at = url->host;
    size_t length = strlen(at);
    const char *last = at + length;
    while (last > at && last[-1] != '.')
        last--;
    url->kind = URL_HOST_NAME;
    if (!is_digit(*last))
        return 0;
    for (const char *c = last; *c; c++)
        if (!is_digit(*c))
            return 0;
    for (;; octets++) {
        size_t digits = strspn(at, "0123456789");
        uint64_t value;
        if (bytes_decimal(at, digits, &value) < 0 || digits > 3 || value > 255 ||
            (digits > 1 && at[0] == '0') || (at[digits] && at[digits] != '.'))
            break;
        at += digits + 1;
        if (at[-1] == '\0')
            break;
    }
    if (octets != 3 || at[-1] != '\0')
        return fault_set(fault, FAULT_USAGE, "URL: '%.100s' is neither a name nor an address",
                         url->host);
    url->kind = URL_HOST_IPV4;
    return 0;
}

/* reg-name, of letters, digits, '-', '_' and '.': what DNS and certificates have */
static int parse_name(const char *text, size_t size, struct url *url, struct fault *fault)
{
    if (size == 0)
        return fault_set(fault, FAULT_USAGE, "URL: the host is missing");
    if (size >= sizeof url->host)
        return fault_set(fault, FAULT_USAGE, "URL: the host is over %zu bytes",
                         sizeof url->host - 1);
    if (text[0] == '-' || text[0] == '.')
        return fault_set(fault, FAULT_USAGE, "URL: a host cannot begin with '%c'", text[0]);
    for (size_t i = 0; i < size; i++) {
        if (!is_letter(text[i]) && !is_digit(text[i]) && !strchr("-_.", text[i]))
            return fault_set(fault, FAULT_USAGE, "URL: '%c' in the host%s", text[i],
                             text[i] == ':' ? " (an IPv6 address needs brackets)" : "");
        if (text[i] == '.' && i > 0 && text[i - 1] == '.')
            return fault_set(fault, FAULT_USAGE, "URL: an empty label in the host");
        url->host[i] = bytes_lower(text[i]);
    }
    url->host[size] = '\0';
    return judge_name(url, fault);
}

/* zone = 1*( ALPHA / DIGIT / "-" / "." / "_" / "~" ); a percent-coded byte is in no interface's
 * name */
static int parse_zone(const char *text, size_t size, struct url *url, struct fault *fault)
{
    bool named = size > 0 && size < sizeof url->zone;
    for (size_t i = 0; named && i < size; i++)
        named = is_letter(text[i]) || is_digit(text[i]) || strchr("-._~", text[i]);
    if (!named)
        return fault_set(fault, FAULT_USAGE, "URL: no interface behind '%%25' in an IPv6 address");
    memcpy(url->zone, text, size);
    url->zone[size] = '\0';
    return 0;
}

/* "[" IPv6address [ "%25" zone ] "]"; whether it is one is for the resolver to say, it only gets
 * its characters */
static int parse_ipv6(const char *text, size_t size, struct url *url, struct fault *fault)
{
    const char *sign = memchr(text, '%', size);
    if (sign && strncmp(sign, "%25", 3) == 0) {
        size_t address = (size_t)(sign - text);
        if (parse_zone(sign + 3, size - address - 3, url, fault) < 0)
            return -1;
        size = address;
    }
    if (size < 2 || size > 45)
        return fault_set(fault, FAULT_USAGE, "URL: no IPv6 address between the brackets");
    for (size_t i = 0; i < size; i++) {
        if (bytes_hex(text[i]) < 0 && text[i] != ':' && text[i] != '.')
            return fault_set(fault, FAULT_USAGE, "URL: '%c' in an IPv6 address", text[i]);
        url->host[i] = bytes_lower(text[i]);
    }
    url->host[size] = '\0';
    url->kind = URL_HOST_IPV6;
    return 0;
}

/* host [ ":" port ] */
static int parse_host_port(const char *text, size_t size, struct url *url, struct fault *fault)
{
    url->port = url->https ? 443 : 80;
    const char *rest;
    if (size > 0 && text[0] == '[') {
        const char *close = memchr(text, ']', size);
        if (close == NULL)
            return fault_set(fault, FAULT_USAGE, "URL: '[' without ']'");
        if (parse_ipv6(text + 1, (size_t)(close - text) - 1, url, fault) < 0)
            return -1;
        rest = close + 1;
        if (rest < text + size && *rest != ':')
            return fault_set(fault, FAULT_USAGE, "URL: '%c' behind ']'", *rest);
    } else {
        const char *colon = memchr(text, ':', size);
        if (colon && memchr(colon + 1, ':', size - (size_t)(colon + 1 - text)))
            return fault_set(fault, FAULT_USAGE, "URL: an IPv6 address needs brackets");
        size_t length = colon ? (size_t)(colon - text) : size;
        if (parse_name(text, length, url, fault) < 0)
            return -1;
        rest = text + length;
    }
    size_t left = (size_t)(text + size - rest);
    return left > 1 ? parse_port(rest + 1, left - 1, url, fault) : 0;
}

/* What a '?' or '#' stands before is not the authority: "https://good?@evil" goes nowhere. */
static int parse_authority(char **at, struct url *url, struct fault *fault)
{
    size_t size = strcspn(*at, "/?#");
    char *text = *at, *sign = NULL;
    if (memchr(text, '\\', size))
        return fault_set(fault, FAULT_USAGE, "URL: a backslash before the path");
    if (text[size] != '\0' && text[size] != '/')
        return fault_set(fault, FAULT_USAGE, "URL: '%c' right behind the host", text[size]);
    for (size_t i = 0; i < size; i++)
        if (text[i] == '@') {
            if (sign)
                return fault_set(fault, FAULT_USAGE, "URL: more than one '@' before the path");
            sign = text + i;
        }
    if (sign && parse_userinfo(text, (size_t)(sign - text), url, fault) < 0)
        return -1;
    const char *host = sign ? sign + 1 : text;
    *at += size;
    return parse_host_port(host, (size_t)(text + size - host), url, fault);
}

/* TEXT is taken apart where it stands. */
static int parse(char *text, struct url *url, struct fault *fault)
{
    char *at = text, *none = text + strlen(text);
    *url = (struct url){.room = text, .user = none, .password = none, .path = none};
    if (parse_scheme(&at, url, fault) < 0)
        return -1;
    if (none - text >= URL_MAX)
        return fault_set(fault, FAULT_USAGE, "URL: over %d bytes", URL_MAX - 1);
    if (check_bytes(text, fault) < 0 || parse_authority(&at, url, fault) < 0)
        return -1;
    if (strchr(at, '#'))
        return fault_set(fault, FAULT_USAGE, "URL: '#' in the path must be percent-coded");
    url->path = at;
    return 0;
}

int url_parse(const char *text, char *room, struct url *out, struct fault *fault)
{
    struct url url;
    memcpy(room, text, strlen(text) + 1);
    if (parse(room, &url, fault) < 0)
        return -1;
    size_t length = strlen(url.path);
    while (length > 0 && url.path[length - 1] == '/')
        url.path[--length] = '\0';
    *out = url;
    return 0;
}

int url_redirect(const struct url *from, const char *asked, const char *location, char *room,
                 struct url *out, struct fault *fault)
{
    char shown[256];
    struct url url;
    struct fault why;
    fault_clear(&why);
    if (url_resolve(from, asked, location, room, fault) < 0)
        return -1;
    if (parse(room, &url, &why) < 0)
        return fault_set(fault, FAULT_REFUSED, "redirect: %s", why.text);
    if (from->https && !url.https)
        return fault_set(fault, FAULT_REFUSED, "redirect: from https to http (%s)", url.host);
    size_t length = strlen(url.path), tail = strlen(asked);
    if (length < tail || strcmp(url.path + length - tail, asked) != 0)
        return fault_set(fault, FAULT_REFUSED,
                         "redirect: to '%.200s', which does not end in '%s' as it was asked",
                         url_format(&url, shown, sizeof shown), asked);
    url.path[length -= tail] = '\0';
    bool same = url_same_origin(from, &url);
    url.has_user = same && from->has_user;
    url.has_password = same && from->has_password;
    url.user = same ? from->user : url.path + length;
    url.password = same ? from->password : url.path + length;
    *out = url;
    return 0;
}
