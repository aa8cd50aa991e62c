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

#endif
