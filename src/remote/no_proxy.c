/* SPDX-License-Identifier: MIT */
#include "remote/no_proxy.h"

#include "proto/bytes.h"

#include <arpa/inet.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

static const char digits[] = "0123456789";

struct entry {
    char *host;
    const char *bits, *port; /* NULL: none */
};

/* Cuts TEXT into its parts. An address of version 6 has more than one colon, and no port behind it
 * without brackets or bits. */
static bool take_apart(char *text, struct entry *out)
{
    char *colon = strchr(text, ':'), *rest;
    *out = (struct entry){.host = text};
    if (*text == '[') {
        out->host = text + 1;
        rest = strchr(text, ']');
        if (rest == NULL)
            return false;
        *rest++ = '\0';
    } else {
        rest = text + strcspn(text, colon && strchr(colon + 1, ':') ? "/" : "/:");
    }
    if (*rest == '/') {
        *rest++ = '\0';
        out->bits = rest;
        rest += strspn(rest, digits);
    }
    if (*rest == ':') {
        *rest++ = '\0';
        out->port = rest;
        rest += strspn(rest, digits);
    }
    return *rest == '\0';
}

static bool address_fits(const struct entry *entry, const struct url *url)
{
    unsigned char wanted[16], have[16];
    int family = url->kind == URL_HOST_IPV4 ? AF_INET : AF_INET6;
    uint64_t bits = family == AF_INET ? 32 : 128, most = bits;
    if (entry->bits && (bytes_decimal(entry->bits, strlen(entry->bits), &bits) < 0 || bits > most))
        return false;
    if (inet_pton(family, entry->host, wanted) != 1 || inet_pton(family, url->host, have) != 1)
        return false;
    size_t whole = (size_t)bits / 8;
    unsigned rest = 0xff00U >> bits % 8 & 0xff;
    return memcmp(wanted, have, whole) == 0 &&
           (rest == 0 || ((wanted[whole] ^ have[whole]) & rest) == 0);
}

static size_t length_undotted(const char *name)
{
    size_t length = strlen(name);
    return length > 0 && name[length - 1] == '.' ? length - 1 : length;
}

static bool name_fits(const struct entry *entry, const char *host)
{
    const char *name = entry->host + (*entry->host == '.');
    size_t size = length_undotted(name), length = length_undotted(host);
    if (entry->bits || size == 0 || size > length)
        return false;
    const char *end = host + length - size;
    return strncasecmp(end, name, size) == 0 && (end == host || end[-1] == '.');
}

static bool entry_fits(char *text, const struct url *url)
{
    struct entry entry;
    uint64_t port;
    if (strcmp(text, "*") == 0)
        return true;
    if (!take_apart(text, &entry))
        return false;
    if (entry.port &&
        (bytes_decimal(entry.port, strlen(entry.port), &port) < 0 || port != url->port))
        return false;
    return url->kind == URL_HOST_NAME ? name_fits(&entry, url->host) : address_fits(&entry, url);
}

bool no_proxy_has(const char *list, const struct url *url)
{
    static const char between[] = ", \t";
    for (const char *at = list ? list : ""; *(at += strspn(at, between));) {
        char text[NO_PROXY_ENTRY];
        size_t size = strcspn(at, between);
        if (size < sizeof text) {
            memcpy(text, at, size);
            text[size] = '\0';
            if (entry_fits(text, url))
                return true;
        }
        at += size;
    }
    return false;
}
