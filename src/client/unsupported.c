/* SPDX-License-Identifier: MIT */
#include "client/unsupported.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char lines[] = "lines end in files as they do in the repository";

/* Several that come to the same are said once. */
static const struct {
    const char *name, *key;
    const char *value; /* that changes something; NULL: what means yes */
    unsigned what;
    const char *instead;
} table[] = {
    {"core.autocrlf", "core.autocrlf", NULL, UNSUPPORTED_WRITES | UNSUPPORTED_COMPARES, lines},
    {"core.autocrlf", "core.autocrlf", "input", UNSUPPORTED_COMPARES, lines},
    {"core.eol", "core.eol", "crlf", UNSUPPORTED_WRITES | UNSUPPORTED_COMPARES, lines},
    {"core.sparseCheckout", "core.sparsecheckout", NULL, UNSUPPORTED_COMPARES,
     "all files are checked out"},
};

static bool is_on(const struct settings *settings, const char *key, const char *value)
{
    struct fault ignored;
    const struct setting *setting = settings_find(settings, key);
    bool on;
    if (value)
        return setting && setting->value && strcasecmp(setting->value, value) == 0;
    fault_clear(&ignored);
    return settings_flag(settings, key, false, &on, &ignored) == 0 && on;
}

/* Whether no_proxy has HOST: "example.org" and ".example.org" stand for all below, too. */
static bool is_exempt(const char *host)
{
    const char *at = getenv("no_proxy");
    size_t length = strlen(host);
    if (at == NULL)
        at = getenv("NO_PROXY");
    while (at && *at) {
        at += strspn(at, ", ");
        const char *name = at + (*at == '.');
        at += strcspn(at, ", ");
        size_t size = (size_t)(at - name);
        const char *end = size <= length ? host + length - size : NULL;
        if ((size == 1 && *name == '*') || (size > 0 && end && strncasecmp(end, name, size) == 0 &&
                                            (end == host || end[-1] == '.')))
            return true;
    }
    return false;
}

/* The name of the proxy's setting, as libcurl looks for one; NULL: there is none. */
static const char *proxy(const struct settings *settings, const struct url *url)
{
    /* Not HTTP_PROXY: for a CGI program that is a header of a stranger. */
    static const char *const variables[] = {"http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy",
                                            "ALL_PROXY"};
    const struct setting *setting = settings_find(settings, "http.proxy");
    if (is_exempt(url->host))
        return NULL;
    if (setting)
        return setting->value && *setting->value ? "http.proxy" : NULL;
    for (size_t i = url->https; i < sizeof variables / sizeof *variables; i++) {
        const char *value = getenv(variables[i]);
        if (value && *value && (url->https || i == 0 || i > 2))
            return variables[i];
    }
    return NULL;
}

void unsupported_warn(const struct settings *settings, const struct url *url, unsigned what)
{
    const char *said = url ? proxy(settings, url) : NULL;
    if (said)
        fprintf(stderr, "warning: %s is not supported: the server is talked to directly\n", said);
    said = NULL;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (table[i].what & what && table[i].instead != said &&
            is_on(settings, table[i].key, table[i].value)) {
            said = table[i].instead;
            fprintf(stderr, "warning: %s is not supported: %s\n", table[i].name, said);
        }
}
