/* SPDX-License-Identifier: MIT */
#include "cmd/login_options.h"

#include "proto/bytes.h"
#include "proto/url.h"
#include "system/texts.h"
#include "system/wipe.h"

#include <limits.h>
#include <string.h>

const struct option login_options[] = {
    {"auth", 0, OPTION_TEXT, offsetof(struct connection, auth), .word = "WAY",
     .help = "send the password as basic (default) or bearer says"},
    {"cert", 0, OPTION_TEXT, offsetof(struct connection, cert), .word = "FILE",
     .help = "show the server your certificate in FILE (PEM)"},
    {"key", 0, OPTION_TEXT, offsetof(struct connection, key), .word = "FILE",
     .help = "whose key is in FILE (PEM)"},
    {"proxy", 0, OPTION_TEXT, offsetof(struct connection, proxy), .word = "URL",
     .help = "ask this proxy for the server ('': none)"},
    {"limit-rate", 0, OPTION_SIZE, offsetof(struct connection, limit_rate), .word = "SIZE",
     .help = "receive at most SIZE bytes a second, like 500k"},
    {"retry", 0, OPTION_TEXT, offsetof(struct connection, retry), .word = "N",
     .help = "try again N times in turn where the network fails (2)"},
    {.kind = OPTION_REST},
};

/* Whoever lists processes sees the proxy's password no longer (C1). */
static int hide_proxy(struct connection *connection, struct fault *fault)
{
    char *argument = (char *)connection->proxy;
    connection->proxy = texts_keep(&connection->settings.texts, argument, strlen(argument));
    if (connection->proxy == NULL)
        return fault_set(fault, FAULT_LIMIT, "no memory for a URL");
    if (url_hide_password(argument))
        wipe_guard();
    return 0;
}

static int take_rate(struct connection *connection, struct fault *fault)
{
    uint64_t most = connection->limit_rate, least = connection->min_rate;
    /* UINT64_MAX: nobody has said --min-rate (client/http_settings.h). */
    if (most > 0 && least > most && least != UINT64_MAX)
        return fault_set(fault, FAULT_USAGE, "option '--min-rate': more than '--limit-rate'");
    connection->remote.session.limits.rate_most = most > UINT_MAX ? UINT_MAX : (unsigned)most;
    return 0;
}

int login_options_ready(struct connection *connection, struct fault *fault)
{
    struct cred_options *cred = &connection->remote.session.cred;
    uint64_t number;
    if (connection->retry &&
        bytes_decimal(connection->retry, strlen(connection->retry), &number) < 0)
        return fault_set(fault, FAULT_USAGE, "option '--retry': a number, not '%.100s'",
                         url_shown(connection->retry));
    cred->bearer = connection->auth && strcmp(connection->auth, "bearer") == 0;
    if (connection->auth && !cred->bearer && strcmp(connection->auth, "basic") != 0)
        return fault_set(fault, FAULT_USAGE, "option '--auth': basic or bearer, not '%.100s'",
                         connection->auth);
    if (cred->bearer && (cred->password_fd < 0 || cred->user))
        return fault_set(fault, FAULT_USAGE,
                         "option '--auth bearer' goes with '--password-fd', without '--user'");
    if (cred->bearer)
        cred->user = ""; /* so that none is looked for */
    if (cred->password_fd >= 0 && !cred->user)
        return fault_set(fault, FAULT_USAGE, "option '--password-fd' goes with '--user'");
    if (connection->key && !connection->cert)
        return fault_set(fault, FAULT_USAGE, "option '--key' goes with '--cert'");
    if (take_rate(connection, fault) < 0)
        return -1;
    return connection->proxy ? hide_proxy(connection, fault) : 0;
}
