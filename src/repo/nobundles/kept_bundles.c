/* SPDX-License-Identifier: MIT */
/* A build that has no --bundle-uri. */
#include "repo/kept_bundles.h"

bool kept_bundles_known(void)
{
    return false;
}

void kept_bundles_take(struct staging *stage)
{
    (void)stage;
}

uint64_t kept_bundles_size(int stage)
{
    (void)stage;
    return 0;
}

bool kept_bundles_drop(struct staging *stage)
{
    (void)stage;
    return true;
}
