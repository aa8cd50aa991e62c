/* SPDX-License-Identifier: MIT */
/* Options that every command that talks to a server has. */
#ifndef SMIDGIT_SERVER_OPTIONS_H
#define SMIDGIT_SERVER_OPTIONS_H

#include "client/connection.h"
#include "cmd/options.h"

/* The rows for options_parse(): put them into a command's table. */
#define SERVER_OPTIONS(connection)                                                       \
    {'q', "quiet", OPTION_FLAG, &(connection)->quiet},                                   \
        {'v', "verbose", OPTION_FLAG, &(connection)->verbose},                           \
        {0, "progress", OPTION_FLAG, &(connection)->progress},                           \
        {0, "cacert", OPTION_TEXT, &(connection)->remote.tls.ca_file},                   \
        {0, "insecure", OPTION_FLAG, &(connection)->remote.tls.insecure},                \
        {0, "pinnedpubkey", OPTION_TEXT, &(connection)->remote.tls.pins},                \
        {0, "date", OPTION_TEXT, &(connection)->remote.tls.date},                        \
        {0, "resolve", OPTION_LIST, &(connection)->resolve},                             \
        {0, "user", OPTION_TEXT, &(connection)->remote.cred.user},                       \
        {0, "password-fd", OPTION_FD, &(connection)->remote.cred.password_fd},           \
        {0, "allow-http-auth", OPTION_FLAG, &(connection)->remote.allow_http_auth},      \
        {0, "connect-timeout", OPTION_SECONDS, &(connection)->remote.limits.connect_ms}, \
        {0, "idle-timeout", OPTION_SECONDS, &(connection)->remote.limits.idle_ms},       \
        {0, "min-rate", OPTION_SIZE, &(connection)->min_rate},                           \
        {0, "min-rate-time", OPTION_SECONDS, &(connection)->remote.limits.rate_ms},      \
        {0, "max-refs", OPTION_SIZE, &(connection)->refs_max},                           \
        {0, "protocol", OPTION_TEXT, &(connection)->protocol},                           \
    {                                                                                    \
        0, "trace", OPTION_OPTIONAL, &(connection)->trace_target                         \
    }

/* The help text of these rows. */
extern const char server_options_help[];

/* The rows for options_parse() of clone and export, those above included, and the help text. */
#define DOWNLOAD_OPTIONS(download)                           \
    {0, "mem", OPTION_SIZE, &(download)->memory},            \
        {0, "threads", OPTION_NUMBER, &(download)->threads}, \
        {0, "no-sync", OPTION_FLAG, &(download)->no_sync}, SERVER_OPTIONS(&(download)->connection)
#define DOWNLOAD_HELP                                                     \
    "  --mem SIZE               memory to use at most, like 24m\n"        \
    "  --threads N              threads to work with (one a processor)\n" \
    "  --no-sync                do not wait for the disk (what can be made again)\n"

/* ARGUMENT of the command line as URL. Whoever lists processes sees its password no longer (C1).
 * 0 or -1. */
int server_options_url(char *argument, struct url *url, struct fault *fault);

/* After options_parse(): checks the values and opens the trace. 0 or -1. */
int server_options_ready(struct connection *connection, struct fault *fault);

#endif
