/* SPDX-License-Identifier: MIT */
#include "cmd/server_options.h"

#include "client/http_settings.h"
#include "cmd/login_options.h"
#include "net/resolve.h"
#include "tls/date.h"
#include "tls/pinned_key.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct option server_options[] = {
    {"quiet", 'q', OPTION_FLAG, offsetof(struct connection, quiet), .help = "no output but errors"},
    {"verbose", 'v', OPTION_FLAG, offsetof(struct connection, verbose),
     .help = "say which protocol and cipher are used"},
    {"progress", 0, OPTION_FLAG, offsetof(struct connection, progress),
     .help = "show progress even when stderr is no terminal"},
    {"cacert", 0, OPTION_TEXT, offsetof(struct connection, remote.session.tls.ca_file),
     .word = "FILE", .help = "trust the certificates in FILE (PEM) and no others"},
    {"insecure", 0, OPTION_FLAG, offsetof(struct connection, remote.session.tls.insecure),
     .help = "do not verify the server's certificate"},
    {"pinnedpubkey", 0, OPTION_TEXT, offsetof(struct connection, remote.session.tls.pins),
     .word = "PINS", .help = "the server's key must be this one (sha256//BASE64)"},
    {"date", 0, OPTION_TEXT, offsetof(struct connection, remote.session.tls.date),
     .word = "@SECONDS", .help = "judge certificates by this time, not by the clock"},
    {"resolve", 0, OPTION_LIST, offsetof(struct connection, resolve), .word = "HOST:PORT:ADDR",
     .help = "connect to ADDR for HOST and PORT, ask no name server"},
    {"user", 0, OPTION_TEXT, offsetof(struct connection, remote.session.cred.user), .word = "NAME",
     .help = "log in as NAME"},
    {"password-fd", 0, OPTION_FD, offsetof(struct connection, remote.session.cred.password_fd),
     .word = "N", .help = "read the password from file descriptor N"},
    {"allow-http-auth", 0, OPTION_FLAG, offsetof(struct connection, remote.session.allow_http_auth),
     .help = "allow sending the password without TLS"},
    {"connect-timeout", 0, OPTION_SECONDS,
     offsetof(struct connection, remote.session.limits.connect_ms), .word = "SEC",
     .help = "give up connecting after SEC seconds (30)"},
    {"idle-timeout", 0, OPTION_SECONDS, offsetof(struct connection, remote.session.limits.idle_ms),
     .word = "SEC", .help = "give up after SEC seconds without a byte (60)"},
    {"min-rate", 0, OPTION_SIZE, offsetof(struct connection, min_rate), .word = "SIZE",
     .help = "give up below SIZE bytes a second (1)"},
    {"min-rate-time", 0, OPTION_SECONDS, offsetof(struct connection, remote.session.limits.rate_ms),
     .word = "SEC", .help = "over which the rate is measured (60)"},
    {"max-refs", 0, OPTION_SIZE, offsetof(struct connection, refs_max), .word = "SIZE",
     .help = "take at most SIZE bytes of references (64m)"},
    {"protocol", 0, OPTION_TEXT, offsetof(struct connection, protocol), .word = "N",
     .help = "ask for protocol version 2 (default) or 0"},
    {"trace", 0, OPTION_OPTIONAL, offsetof(struct connection, trace_target), .word = "FILE",
     .help = "show the conversation (environment: SMIDGIT_TRACE)"},
    {.kind = OPTION_REST, .rest = login_options},
};

static int check_tls(const struct tls_options *tls, struct fault *fault)
{
    int64_t date;
    if (tls->date && date_parse(tls->date, &date) < 0)
        return fault_set(fault, FAULT_USAGE,
                         "option '--date': '@' and seconds since 1970 are needed, not '%s'",
                         tls->date);
    return tls->pins ? pinned_key_validate(tls->pins, fault) : 0;
}

int server_options_ready(struct connection *connection, struct fault *fault)
{
    const char *prompt = getenv("GIT_TERMINAL_PROMPT");
    struct http_session_options *session = &connection->remote.session;
    session->protocol = 2;
    if (connection->protocol && strcmp(connection->protocol, "0") == 0)
        session->protocol = 0;
    else if (connection->protocol && strcmp(connection->protocol, "2") != 0)
        return fault_set(fault, FAULT_USAGE, "option '--protocol': 0 or 2, not '%s'",
                         connection->protocol);
    if (login_options_ready(connection, fault) < 0 || check_tls(&session->tls, fault) < 0 ||
        resolve_validate(&connection->resolve, fault) < 0)
        return -1;
    session->limits.rules = &connection->resolve;
    session->cred.no_prompt = prompt && strcmp(prompt, "0") == 0;
    session->quiet = connection->quiet;
    connection->remote.refs_max =
        connection->refs_max > SIZE_MAX ? SIZE_MAX : (size_t)connection->refs_max;
    session->limits.rate =
        connection->min_rate > UINT_MAX ? UINT_MAX : (unsigned)connection->min_rate;
    if (session->tls.insecure)
        fputs(session->tls.pins
                  ? "warning: --insecure: of the server's certificate only the key is verified\n"
                  : "warning: --insecure: the server's certificate is not verified\n",
              stderr);
    session->trace = &connection->trace;
    return trace_open(&connection->trace, connection->trace_target, fault);
}

int server_options_open(struct connection *connection, char *argument, struct url *url,
                        struct fault *fault)
{
    if (http_settings_url(connection, argument, url, fault) < 0 ||
        server_options_ready(connection, fault) < 0)
        return -1;
    return http_settings_apply(&connection->settings, url, connection, &connection->remote.session,
                               fault);
}
