/* SPDX-License-Identifier: MIT */
/* netrc.h for a build without .netrc. */
#include "netrc.h"

int netrc_load(const struct netrc_query *query, struct netrc_entry *out, struct fault *fault)
{
    (void)query;
    (void)out;
    (void)fault;
    return 0;
}
