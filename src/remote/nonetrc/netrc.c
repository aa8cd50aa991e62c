/* SPDX-License-Identifier: MIT */
/* remote/netrc.h for a build without .netrc. */
#include "remote/netrc.h"

int netrc_load(const struct netrc_query *query, struct netrc_entry *out, struct fault *fault)
{
    (void)query;
    (void)out;
    (void)fault;
    return 0;
}

void netrc_forget(struct netrc_entry *entry)
{
    (void)entry;
}
