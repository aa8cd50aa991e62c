/* SPDX-License-Identifier: MIT */
#include "remote/proxy_choice.h"

#include "remote/no_proxy.h"
#include "system/wipe.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static struct proxy_choice from_environment(bool https)
{
    static const char *const names[][6] = {
        {"http_proxy", "all_proxy", "ALL_PROXY", NULL},
        {"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"}};
    struct proxy_choice choice = {NULL, NULL};
    for (const char *const *name = names[https]; *name && choice.said == NULL; name++)
        choice = (struct proxy_choice){getenv(*name), *name};
    return choice;
}

struct proxy_choice proxy_choose(const struct proxy_choice *setting, const struct url *url)
{
    struct proxy_choice choice = setting->said ? *setting : from_environment(url->https);
    const char *exempt = getenv("no_proxy");
    if (exempt == NULL)
        exempt = getenv("NO_PROXY");
    if (choice.said && (*choice.said == '\0' || no_proxy_has(exempt, url)))
        choice.said = NULL;
    return choice;
}

/* Whether a port stands in TEXT, an authority without user info. */
static bool has_port(const char *text)
{
    const char *end = text + strcspn(text, "/"), *at = end;
    while (at > text && at[-1] >= '0' && at[-1] <= '9')
        at--;
    return at < end && at > text && at[-1] == ':' && (*text != '[' || at[-2] == ']');
}

static int parse(const char *text, char *room, enum proxy_kind *kind, struct url *out,
                 struct fault *fault)
{
    static const struct {
        const char *scheme;
        enum proxy_kind kind;
    } rows[] = {{"http", PROXY_HTTP},
                {"https", PROXY_HTTPS},
                {"socks5", PROXY_SOCKS5},
                {"socks5h", PROXY_SOCKS5H}};
    const char *mark = strstr(text, "://"), *rest = mark ? mark + 3 : text;
    size_t start, row = 0, length = mark ? (size_t)(mark - text) : 4;
    while (mark && row < sizeof rows / sizeof *rows &&
           (strlen(rows[row].scheme) != length || strncasecmp(text, rows[row].scheme, length) != 0))
        row++;
    if (row == sizeof rows / sizeof *rows)
        return fault_set(fault, FAULT_USAGE,
                         "no proxy's URL: it begins with http://, https://, socks5:// or "
                         "socks5h://");
    const char *scheme = rows[row].kind == PROXY_HTTPS ? "https://" : "http://";
    size_t size = strlen(scheme);
    char *copy = malloc(size + strlen(rest) + 1);
    if (copy == NULL)
        return fault_set(fault, FAULT_LIMIT, "no memory for a URL");
    memcpy(copy, scheme, size);
    memcpy(copy + size, rest, strlen(rest) + 1);
    int rc = url_parse(copy, room, out, fault);
    size_t user = url_user_end(copy, strlen(copy), &start);
    if (rc == 0 && rows[row].kind != PROXY_HTTPS && !has_port(copy + (user ? user : start)))
        out->port = 1080;
    wipe(copy, strlen(copy));
    free(copy);
    if (rc < 0)
        return -1;
    out->path += strlen(out->path);
    *kind = rows[row].kind;
    return 0;
}

int proxy_parse(const struct proxy_choice *choice, char *room, enum proxy_kind *kind,
                struct url *out, struct fault *fault)
{
    struct fault why;
    fault_clear(&why);
    if (parse(choice->said, room, kind, out, &why) == 0)
        return 0;
    bool option = *choice->by == '-';
    return fault_set(fault, why.class == FAULT_USAGE && !option ? FAULT_LOCAL : why.class,
                     "the proxy (%s): %s", choice->by, why.text);
}
