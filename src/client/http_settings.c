/* SPDX-License-Identifier: MIT */
#include "client/http_settings.h"

#include "client/credential_settings.h"
#include "client/proxy_settings.h"
#include "client/remotes.h"
#include "client/url_settings.h"
#include "proto/bytes.h"
#include "remote/retry.h"
#include "repo/setting_value.h"
#include "system/texts.h"
#include "system/wipe.h"
#include "tls/pinned_key.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Settings on their way to where they are heeded. */
struct applying {
    struct settings *settings;
    const struct connection *connection;
    struct http_session_options *out;
    bool rate_said, rate_time_said, retries_said;
    struct fault *fault;
};

void http_settings_defaults(struct connection *connection)
{
    connection->min_rate = UINT64_MAX;
    connection->remote.session.limits.rate_ms = UINT_MAX;
}

static int bad_value(const struct applying *to, const struct setting *setting, const char *what)
{
    return fault_set(to->fault, FAULT_LOCAL, "%.200s:%lu: %.200s: %s", setting->file, setting->line,
                     setting->name, what);
}

static bool has_control(const char *text)
{
    for (; *text; text++)
        if (((unsigned char)*text < 0x20 && *text != '\t') || *text == 0x7f)
            return true;
    return false;
}

/* Before http.sslCAInfo: whoever says --cacert wants to verify. */
static int take_verify(const struct applying *to, const struct setting *setting)
{
    bool verify;
    if (setting_flag(setting, true, &verify, to->fault) < 0)
        return -1;
    if (verify || to->out->tls.insecure || to->out->tls.ca_file)
        return 0;
    to->out->tls.insecure = true;
    to->out->custom->insecure_here = strcmp(setting->name, "http.sslverify") != 0;
    if (!to->connection->warned)
        fprintf(stderr, "warning: http.sslVerify is false: %s\n",
                to->out->tls.pins ? "of the server's certificate only the key is verified"
                                  : "the server's certificate is not verified");
    return 0;
}

static int take_ca(const struct applying *to, const struct setting *setting)
{
    const char *variable = getenv("GIT_SSL_CAINFO");
    if (to->out->tls.ca_file || (variable && *variable) || *setting->value == '\0')
        return 0;
    to->out->tls.ca_file = settings_path(to->settings, setting, to->fault);
    to->out->tls.ca_said_by = "http.sslCAInfo";
    return to->out->tls.ca_file ? 0 : -1;
}

static int take_pins(const struct applying *to, const struct setting *setting)
{
    struct fault ignored;
    fault_clear(&ignored);
    if (to->out->tls.pins || *setting->value == '\0')
        return 0;
    if (pinned_key_validate(setting->value, &ignored) < 0)
        return bad_value(to, setting,
                         "'sha256//' and 44 characters of base64 are needed, several with ';' "
                         "between; a file is not read");
    to->out->tls.pins = setting->value;
    return 0;
}

static int take_agent(const struct applying *to, const struct setting *setting)
{
    if (has_control(setting->value))
        return bad_value(to, setting, "a control byte in a header");
    to->out->custom->agent = setting->value;
    return 0;
}

static int take_redirects(const struct applying *to, const struct setting *setting)
{
    bool follow = true, initial = setting->value && strcmp(setting->value, "initial") == 0;
    if (!initial && setting_flag(setting, true, &follow, to->fault) < 0)
        return -1;
    to->out->custom->redirects = initial  ? HTTP_REDIRECTS_INITIAL
                                 : follow ? HTTP_REDIRECTS_ALL
                                          : HTTP_REDIRECTS_NONE;
    return 0;
}

static int take_rate(const struct applying *to, const struct setting *setting)
{
    return to->rate_said ? 0 : setting_number(setting, &to->out->limits.rate, to->fault);
}

static int take_rate_time(const struct applying *to, const struct setting *setting)
{
    unsigned seconds;
    if (to->rate_time_said)
        return 0;
    if (setting_number(setting, &seconds, to->fault) < 0)
        return -1;
    to->out->limits.rate_ms = seconds > UINT_MAX / 1000 ? UINT_MAX : seconds * 1000;
    return 0;
}

static int take_retries(const struct applying *to, const struct setting *setting)
{
    return to->retries_said ? 0 : setting_number(setting, &to->out->custom->retries, to->fault);
}

/* --retry, then the environment, as git has it: whether one of them says how often to try again. */
static bool say_retries(struct connection *connection)
{
    const char *said = connection->retry ? connection->retry : getenv("GIT_HTTP_MAX_RETRIES");
    uint64_t number;
    connection->custom.retries = RETRIES;
    if (said == NULL || bytes_decimal(said, strlen(said), &number) < 0)
        return false;
    connection->custom.retries = number < UINT_MAX ? (unsigned)number : UINT_MAX;
    return true;
}

static int take_cert(const struct applying *to, const struct setting *setting)
{
    if (to->connection->cert || *setting->value == '\0')
        return 0;
    to->out->custom->cert_file = settings_path(to->settings, setting, to->fault);
    return to->out->custom->cert_file ? 0 : -1;
}

static int take_key(const struct applying *to, const struct setting *setting)
{
    if (to->connection->cert || *setting->value == '\0')
        return 0;
    to->out->custom->key_file = settings_path(to->settings, setting, to->fault);
    return to->out->custom->key_file ? 0 : -1;
}

static int take_proxy(const struct applying *to, const struct setting *setting)
{
    if (to->connection->proxy == NULL)
        to->out->custom->proxy_setting = (struct proxy_choice){setting->value, "http.proxy"};
    return 0;
}

/* Where each goes; without TAKE, nowhere. */
static const struct {
    const char *name, *key;
    int (*take)(const struct applying *to, const struct setting *setting);
    bool text;  /* it needs a value */
    bool local; /* a repository may say so */
} table[] = {
    {"pinnedPubkey", "pinnedpubkey", take_pins, true, false},
    {"sslVerify", "sslverify", take_verify, false, false},
    {"sslCAInfo", "sslcainfo", take_ca, true, false},
    {"sslCert", "sslcert", take_cert, true, false},
    {"sslKey", "sslkey", take_key, true, false},
    {"proxy", "proxy", take_proxy, true, true},
    {"userAgent", "useragent", take_agent, true, true},
    {"followRedirects", "followredirects", take_redirects, false, true},
    {"lowSpeedLimit", "lowspeedlimit", take_rate, true, true},
    {"lowSpeedTime", "lowspeedtime", take_rate_time, true, true},
    {"maxRetries", "maxretries", take_retries, true, true},
    {"sslCAPath", "sslcapath", NULL, true, true},
    {"cookieFile", "cookiefile", NULL, true, true},
};

/* header = token ":" value. What frames a message is not for anybody to say. */
static int take_header(const struct applying *to, const struct setting *setting)
{
    static const char *const framing[] = {"Content-Length", "Transfer-Encoding", "Connection",
                                          "Expect", "Upgrade"};
    const char *text = setting->value;
    size_t length = strspn(text, "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz"
                                 "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
    if (*text == '\0') {
        to->out->custom->extra_count = 0;
        return 0;
    }
    if (length == 0 || text[length] != ':' || has_control(text))
        return bad_value(to, setting, "it is not of the form 'Name: value'");
    for (size_t i = 0; i < sizeof framing / sizeof *framing; i++)
        if (strlen(framing[i]) == length && strncasecmp(text, framing[i], length) == 0)
            return bad_value(to, setting, "this header cannot be set");
    const char *value = text + length + 1 + strspn(text + length + 1, " \t");
    if (*value == '\0')
        return 0;
    if (to->out->custom->extra_count == HTTP_EXTRA_MAX)
        return bad_value(to, setting, "more headers than a request has room for");
    const char *name = texts_keep(&to->settings->texts, text, length);
    if (name == NULL)
        return fault_set(to->fault, FAULT_LIMIT, "no memory for the configuration");
    wipe_guard();
    to->out->custom->extra[to->out->custom->extra_count++] = (struct http_header){name, value};
    return 0;
}

static int no_value(const struct applying *to, const struct setting *setting)
{
    return bad_value(to, setting, "a value is missing");
}

static int take_headers(const struct applying *to, const struct url_settings *settings)
{
    struct url_rank best = {0};
    const struct setting *setting;
    for (size_t at = 0; (setting = url_settings_next(settings, "http", "extraheader",
                                                     URL_SETTINGS_ALL, &at, &best)) != NULL;)
        if ((setting->value ? take_header : no_value)(to, setting) < 0)
            return -1;
    return 0;
}

static int take_all(const struct applying *to, const struct url_settings *settings)
{
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        const struct setting *setting =
            url_settings_find(settings, "http", table[i].key, URL_SETTINGS_ALL);
        if (setting && setting->scope == SETTINGS_LOCAL && !table[i].local) {
            if (!to->connection->warned)
                fprintf(stderr,
                        "warning: http.%s is not heeded in a repository's own configuration: say "
                        "it in ~/.gitconfig, or by -c\n",
                        table[i].name);
            setting = url_settings_find(settings, "http", table[i].key, URL_SETTINGS_TRUSTED);
        }
        if (setting == NULL)
            continue;
        if (table[i].take == NULL) {
            if (!to->connection->warned)
                fprintf(stderr, "warning: http.%s is not supported\n", table[i].name);
            continue;
        }
        if (table[i].text && setting->value == NULL)
            return no_value(to, setting);
        if (table[i].take(to, setting) < 0)
            return -1;
    }
    return take_headers(to, settings);
}

/* Version 1 is 0 with a line more that nobody needs. */
static void take_protocol(const struct settings *settings, const struct connection *connection,
                          struct http_session_options *out)
{
    const struct setting *setting = settings_find(settings, "protocol.version");
    if (setting && setting->value && connection->protocol == NULL &&
        (strcmp(setting->value, "0") == 0 || strcmp(setting->value, "1") == 0))
        out->protocol = 0;
}

/* What a machine's or a user's configuration forbids, or GIT_ALLOW_PROTOCOL, which counts more. */
static int check_allowed(const struct settings *settings, const struct url *url,
                         struct fault *fault)
{
    const char *list = getenv("GIT_ALLOW_PROTOCOL"), *name = url->https ? "https" : "http";
    const struct setting *said =
        settings_find(settings, url->https ? "protocol.https.allow" : "protocol.http.allow");
    bool allowed;
    if (said == NULL)
        said = settings_find(settings, "protocol.allow");
    allowed = list || said == NULL || said->value == NULL || strcasecmp(said->value, "never") != 0;
    if (list) {
        while (*list &&
               !(strcspn(list, ":") == strlen(name) && strncmp(list, name, strlen(name)) == 0)) {
            list += strcspn(list, ":");
            list += *list == ':';
        }
        allowed = *list;
    }
    return allowed ? 0
                   : fault_set(fault, FAULT_LOCAL,
                               "transport '%s' not allowed (protocol.*.allow, GIT_ALLOW_PROTOCOL)",
                               name);
}

int http_settings_apply(struct settings *settings, const struct url *url,
                        struct connection *connection, struct http_session_options *out,
                        struct fault *fault)
{
    struct url_settings for_url;
    struct applying to = {
        .settings = settings,
        .connection = connection,
        .out = out,
        .rate_said = connection->min_rate != UINT64_MAX,
        .rate_time_said = out->limits.rate_ms != UINT_MAX,
        .fault = fault,
    };
    connection->custom = (struct http_custom){.cert_file = connection->cert,
                                              .key_file = connection->key,
                                              .proxy_setting = {connection->proxy, "--proxy"}};
    out->custom = &connection->custom;
    take_protocol(settings, connection, out);
    to.retries_said = say_retries(connection);
    if (!to.rate_said)
        out->limits.rate = net_defaults.rate;
    if (!to.rate_time_said)
        out->limits.rate_ms = net_defaults.rate_ms;
    if (check_allowed(settings, url, fault) < 0 ||
        url_settings_open(&for_url, settings, url, fault) < 0)
        return -1;
    int rc = take_all(&to, &for_url);
    if (rc == 0)
        rc = credential_settings_use(&for_url, out->limits.idle_ms, true, &out->cred, fault);
    url_settings_close(&for_url);
    return rc < 0 ? -1 : proxy_settings_use(settings, url, out, fault);
}

void http_settings_close(struct connection *connection)
{
    settings_free(&connection->settings);
}

/* What a clone's remote is called by: TEXT without user info, which insteadOf leads elsewhere. NULL
 * where that cannot be said. */
static const char *text_to_keep(struct texts **texts, char *text)
{
    struct url url;
    struct fault ignored;
    char *room = malloc(strlen(text) + 1), *shown = malloc(URL_MAX);
    const char *kept = NULL;
    fault_clear(&ignored);
    if (room && shown && url_parse(text, room, &url, &ignored) == 0) {
        url_format(&url, shown, URL_MAX);
        kept = texts_keep(texts, shown, strlen(shown));
    }
    if (room)
        wipe(room, strlen(text) + 1);
    free(room);
    free(shown);
    return url_hide_password(text) || kept ? kept : texts_keep(texts, text, strlen(text));
}

int http_settings_url(struct connection *connection, char *argument, struct url *url,
                      struct fault *fault)
{
    static const struct settings_options nowhere = {.git_dir = NULL};
    struct settings *settings = &connection->settings;
    if (settings_read(&nowhere, settings, fault) < 0)
        return -1;
    char *whole = remotes_url(settings, argument);
    if (whole == NULL)
        return fault_set(fault, FAULT_LIMIT, "no memory for a URL");
    bool same = strcmp(whole, argument) == 0;
    size_t size = strlen(whole);
    int rc = connection_url(same ? argument : whole, url, fault);
    if (!same)
        connection->said_url = text_to_keep(&settings->texts, argument);
    wipe(whole, size);
    free(whole);
    return rc;
}
