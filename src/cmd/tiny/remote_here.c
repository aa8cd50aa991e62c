/* SPDX-License-Identifier: MIT */
/* There are no repositories to be in. */
#include "cmd/remote_here.h"

int remote_here_open(struct remote_here *here, const char *name, struct connection *connection,
                     struct url *url, struct fault *fault)
{
    (void)here;
    (void)connection;
    (void)url;
    return name ? 0 : fault_set(fault, FAULT_USAGE, "ls-remote: a URL is needed");
}

void remote_here_close(struct remote_here *here)
{
    (void)here;
}
