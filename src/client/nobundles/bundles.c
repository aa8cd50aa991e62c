/* SPDX-License-Identifier: MIT */
/* A build that has no --bundle-uri. */
#include "client/bundles.h"

int bundles_ready(struct download *download)
{
    (void)download;
    return 0;
}

bool bundles_wanted(const struct download *download)
{
    (void)download;
    return false;
}

int bundles_fetch(struct download *download)
{
    (void)download;
    return 0;
}
