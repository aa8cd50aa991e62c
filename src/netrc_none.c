/* SPDX-License-Identifier: MIT */
/* netrc.h for a build without .netrc. */
#include "netrc.h"

int netrc_load(const char *host, const char *user, struct netrc_entry *out, struct fault *fault)
{
    (void)host;
    (void)user;
    (void)out;
    (void)fault;
    return 0;
}
