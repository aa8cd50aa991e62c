/* SPDX-License-Identifier: MIT */
/* Options that every command that talks to a server has. */
#ifndef SMIDGIT_CONNECT_H
#define SMIDGIT_CONNECT_H

#include "options.h"
#include "remote.h"

struct connect {
    struct remote_options remote;
    struct trace trace;
    const char *trace_target;
    struct option_list resolve;
    const char *protocol; /* --protocol 0 or 2, or NULL */
    bool quiet, verbose, progress;
    uint64_t refs_max, min_rate;
};

/* The rows for options_parse(): put them into a command's table. */
#define CONNECT_OPTIONS(connect)                                                      \
    {'q', "quiet", OPTION_FLAG, &(connect)->quiet},                                   \
        {'v', "verbose", OPTION_FLAG, &(connect)->verbose},                           \
        {0, "progress", OPTION_FLAG, &(connect)->progress},                           \
        {0, "cacert", OPTION_TEXT, &(connect)->remote.tls.ca_file},                   \
        {0, "insecure", OPTION_FLAG, &(connect)->remote.tls.insecure},                \
        {0, "pinnedpubkey", OPTION_TEXT, &(connect)->remote.tls.pins},                \
        {0, "date", OPTION_TEXT, &(connect)->remote.tls.date},                        \
        {0, "resolve", OPTION_LIST, &(connect)->resolve},                             \
        {0, "user", OPTION_TEXT, &(connect)->remote.cred.user},                       \
        {0, "password-fd", OPTION_FD, &(connect)->remote.cred.password_fd},           \
        {0, "allow-http-auth", OPTION_FLAG, &(connect)->remote.allow_http_auth},      \
        {0, "connect-timeout", OPTION_SECONDS, &(connect)->remote.limits.connect_ms}, \
        {0, "idle-timeout", OPTION_SECONDS, &(connect)->remote.limits.idle_ms},       \
        {0, "min-rate", OPTION_SIZE, &(connect)->min_rate},                           \
        {0, "min-rate-time", OPTION_SECONDS, &(connect)->remote.limits.rate_ms},      \
        {0, "max-refs", OPTION_SIZE, &(connect)->refs_max},                           \
        {0, "protocol", OPTION_TEXT, &(connect)->protocol},                           \
    {                                                                                 \
        0, "trace", OPTION_OPTIONAL, &(connect)->trace_target                         \
    }

/* The help text of these rows. */
extern const char connect_help[];

/* Before options_parse(): defaults, from the environment too (SMIDGIT_TRACE). */
void connect_defaults(struct connect *connect);

/* ARGUMENT of the command line as URL. Whoever lists processes sees its password no longer (C1).
 * 0 or -1. */
int connect_url(char *argument, struct url *url, struct fault *fault);

/* After it: checks the values and opens the trace. 0 or -1. */
int connect_ready(struct connect *connect, struct fault *fault);

#endif
