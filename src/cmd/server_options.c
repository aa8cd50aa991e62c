/* SPDX-License-Identifier: MIT */
#include "cmd/server_options.h"

#include "net/resolve.h"
#include "system/wipe.h"
#include "tls/pinned_key.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char server_options_help[] =
    "  -q, --quiet              no output but errors\n"
    "  -v, --verbose            say which protocol and cipher are used\n"
    "  --progress               show progress even when stderr is no terminal\n"
    "  --cacert FILE            trust the certificates in FILE (PEM) and no others\n"
    "  --insecure               do not verify the server's certificate\n"
    "  --pinnedpubkey PINS      the server's key must be this one (sha256//BASE64)\n"
    "  --date @SECONDS          judge certificates by this time, not by the clock\n"
    "  --resolve HOST:PORT:ADDR connect to ADDR for HOST and PORT, ask no name server\n"
    "  --user NAME              log in as NAME\n"
    "  --password-fd N          read the password from file descriptor N\n"
    "  --allow-http-auth        allow sending the password without TLS\n"
    "  --connect-timeout SEC    give up connecting after SEC seconds (30)\n"
    "  --idle-timeout SEC       give up after SEC seconds without a byte (60)\n"
    "  --min-rate SIZE          give up below SIZE bytes a second (1)\n"
    "  --min-rate-time SEC      over which the rate is measured (60)\n"
    "  --max-refs SIZE          take at most SIZE bytes of references (64m)\n"
    "  --protocol N             ask for protocol version 2 (default) or 0\n"
    "  --trace[=FILE]           show the conversation (environment: SMIDGIT_TRACE)\n";

static int check_tls(const struct tls_options *tls, struct fault *fault)
{
    uint64_t date;
    if (tls->date && tls_date(tls->date, &date) < 0)
        return fault_set(fault, FAULT_USAGE,
                         "option '--date': '@' and seconds since 1970 are needed, not '%s'",
                         tls->date);
    return tls->pins ? pinned_key_validate(tls->pins, fault) : 0;
}

int server_options_url(char *argument, struct url *url, struct fault *fault)
{
    int rc = url_parse(argument, url, fault);
    if (url_hide_password(argument))
        wipe_guard();
    return rc;
}

int server_options_ready(struct connection *connection, struct fault *fault)
{
    const char *prompt = getenv("GIT_TERMINAL_PROMPT");
    connection->remote.protocol = 2;
    if (connection->protocol && strcmp(connection->protocol, "0") == 0)
        connection->remote.protocol = 0;
    else if (connection->protocol && strcmp(connection->protocol, "2") != 0)
        return fault_set(fault, FAULT_USAGE, "option '--protocol': 0 or 2, not '%s'",
                         connection->protocol);
    if (connection->remote.cred.password_fd >= 0 && !connection->remote.cred.user)
        return fault_set(fault, FAULT_USAGE, "option '--password-fd' goes with '--user'");
    if (check_tls(&connection->remote.tls, fault) < 0 ||
        resolve_validate(&connection->resolve, fault) < 0)
        return -1;
    connection->remote.limits.rules = &connection->resolve;
    connection->remote.cred.no_prompt = prompt && strcmp(prompt, "0") == 0;
    connection->remote.quiet = connection->quiet;
    connection->remote.refs_max =
        connection->refs_max > SIZE_MAX ? SIZE_MAX : (size_t)connection->refs_max;
    connection->remote.limits.rate =
        connection->min_rate > UINT_MAX ? UINT_MAX : (unsigned)connection->min_rate;
    if (connection->remote.tls.insecure)
        fputs(connection->remote.tls.pins
                  ? "warning: --insecure: of the server's certificate only the key is verified\n"
                  : "warning: --insecure: the server's certificate is not verified\n",
              stderr);
    connection->remote.trace = &connection->trace;
    return trace_open(&connection->trace, connection->trace_target, fault);
}
