/* SPDX-License-Identifier: MIT */
/* Options that every command that talks to a server has. */
#ifndef SMIDGIT_SERVER_OPTIONS_H
#define SMIDGIT_SERVER_OPTIONS_H

#include "client/connection.h"
#include "cmd/options.h"

/* The rows of a struct connection: the rest of a command's table. */
extern const struct option server_options[];

/* After options_parse(): checks the values and opens the trace. 0 or -1. */
int server_options_ready(struct connection *connection, struct fault *fault);

/* The same where there is no repository: besides, ARGUMENT becomes URL, and the settings of the
 * user count. connection_close() and connection_url_end() follow. 0 or -1. */
int server_options_open(struct connection *connection, char *argument, struct url *url,
                        struct fault *fault);

#endif
