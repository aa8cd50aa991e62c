/* SPDX-License-Identifier: MIT */
/*   rule    = host ":" port ":" address *( "," address )
 *   host    = "*" / name
 *   address = IPv4 / IPv6 / "[" IPv6 "]"
 */
#include "net/resolve.h"

#include "net/net.h"
#include "proto/bytes.h"
#include "system/interrupt.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { ADDRESS_MAX = 64 }; /* characters of an address, with a zone */

struct rule {
    const char *host, *addresses;
    size_t host_length;
    uint64_t port;
};

static int parse_rule(const char *text, struct rule *out)
{
    struct rule rule = {.host = text, .host_length = strcspn(text, ":")};
    if (rule.host_length == 0 || text[rule.host_length] == '\0')
        return -1;
    const char *port = text + rule.host_length + 1;
    size_t digits = strcspn(port, ":");
    if (port[digits] == '\0' || bytes_decimal(port, digits, &rule.port) < 0 || rule.port < 1 ||
        rule.port > 65535)
        return -1;
    rule.addresses = port + digits + 1;
    *out = rule;
    return 0;
}

static bool rule_fits(const struct rule *rule, const char *host, unsigned port)
{
    if (rule->port != port)
        return false;
    return (rule->host_length == 1 && rule->host[0] == '*') ||
           (strlen(host) == rule->host_length &&
            strncasecmp(host, rule->host, rule->host_length) == 0);
}

/* Adds what getaddrinfo() says of HOST, which may be NULL for this machine. */
static int look_up(const char *host, unsigned port, int flags,
                   struct resolve_address out[RESOLVE_MAX], size_t *count)
{
    char service[12];
    struct addrinfo *list;
    struct addrinfo hints = {.ai_flags = flags, .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
    snprintf(service, sizeof service, "%u", port);
    errno = 0; /* glibc says "no such name" when it had no memory to look it up */
    int rc = getaddrinfo(host, service, &hints, &list);
    if (rc != 0)
        return rc;
    for (const struct addrinfo *at = list; at && *count < RESOLVE_MAX; at = at->ai_next) {
        if (at->ai_addrlen > sizeof out->storage)
            continue;
        memcpy(&out[*count].storage, at->ai_addr, at->ai_addrlen);
        out[(*count)++].size = at->ai_addrlen;
    }
    freeaddrinfo(list);
    return 0;
}

/* 0, or -1 when TEXT is no list of addresses. */
static int parse_addresses(const char *text, unsigned port, struct resolve_address out[RESOLVE_MAX],
                           size_t *count)
{
    char address[ADDRESS_MAX];
    for (;;) {
        size_t length = strcspn(text, ","), bare = length;
        const char *from = text;
        if (length >= 2 && text[0] == '[' && text[length - 1] == ']') {
            from++;
            bare -= 2;
        }
        if (bare == 0 || bare >= sizeof address)
            return -1;
        memcpy(address, from, bare);
        address[bare] = '\0';
        if (look_up(address, port, AI_NUMERICHOST | AI_NUMERICSERV, out, count) != 0)
            return -1;
        if (text[length] == '\0')
            return 0;
        text += length + 1;
    }
}

int resolve_validate(const struct list *rules, struct fault *fault)
{
    for (size_t i = 0; i < rules->count; i++) {
        struct resolve_address addresses[RESOLVE_MAX];
        size_t count = 0;
        struct rule rule;
        if (parse_rule(rules->items[i], &rule) < 0 ||
            parse_addresses(rule.addresses, (unsigned)rule.port, addresses, &count) < 0)
            return fault_set(fault, FAULT_USAGE,
                             "option '--resolve': HOST:PORT:ADDRESS is needed, not '%s'",
                             rules->items[i]);
    }
    return 0;
}

static int name_fault(const char *host, const char *peer, int rc, struct fault *fault)
{
    if (interrupt_seen)
        return fault_set(fault, FAULT_INTERRUPTED, "interrupted");
    if (rc == EAI_MEMORY || errno == ENOMEM)
        return fault_set(fault, FAULT_LIMIT, "out of memory while looking up '%s'", host);
    if (rc == EAI_NONAME)
        return fault_set(fault, FAULT_NETWORK,
                         "cannot connect to %s: no such host: '%s' has no address", peer, host);
    if (rc == EAI_AGAIN)
        return fault_set(fault, FAULT_NETWORK,
                         "cannot connect to %s: the name server did not answer (without one, "
                         "--resolve says the address)",
                         peer);
    return fault_set(fault, FAULT_NETWORK, "cannot connect to %s: looking up the name: %s", peer,
                     rc == EAI_SYSTEM ? strerror(errno) : gai_strerror(rc));
}

const char *resolve_said(const char *host, unsigned port, const struct list *rules)
{
    struct rule rule;
    for (size_t i = 0; rules && i < rules->count; i++)
        if (parse_rule(rules->items[i], &rule) == 0 && rule_fits(&rule, host, port))
            return rule.addresses;
    return NULL;
}

int resolve(const char *host, unsigned port, const char *peer, const struct list *rules,
            struct resolve_address out[RESOLVE_MAX], size_t *count, struct fault *fault)
{
    const char *said = resolve_said(host, port, rules);
    *count = 0;
    if (interrupt_seen)
        return fault_set(fault, FAULT_INTERRUPTED, "interrupted");
    if (said)
        return parse_addresses(said, port, out, count);
    /* RFC 6761, 6.3: "localhost" needs no /etc/hosts and no name server; NULL is this machine. */
    bool local = strcmp(host, "localhost") == 0;
    int rc = look_up(local ? NULL : host, port, 0, out, count);
    return rc == 0 ? 0 : name_fault(host, peer, rc, fault);
}
