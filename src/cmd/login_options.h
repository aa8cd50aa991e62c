/* SPDX-License-Identifier: MIT */
/* Ways to log in, and to reach a server, that not every build has. */
#ifndef SMIDGIT_LOGIN_OPTIONS_H
#define SMIDGIT_LOGIN_OPTIONS_H

#include "client/connection.h"
#include "cmd/options.h"

/* The rows of a struct connection: the rest of server_options. */
extern const struct option login_options[];

/* Checks the values. 0 or -1. */
int login_options_ready(struct connection *connection, struct fault *fault);

#endif
