/* SPDX-License-Identifier: MIT */
#include "client/connection.h"

#include <stdlib.h>

void connection_defaults(struct connection *connection)
{
    *connection = (struct connection){
        .remote.session = {.limits = net_defaults, .cred = {.password_fd = -1}},
        .trace_target = getenv("SMIDGIT_TRACE"),
        .min_rate = net_defaults.rate,
    };
}
