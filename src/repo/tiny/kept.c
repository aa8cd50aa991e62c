/* SPDX-License-Identifier: MIT */
/* Nothing is kept. */
#include "repo/kept.h"

bool kept_waits(int stage)
{
    (void)stage;
    return false;
}

bool kept_stays(const struct staging *stage)
{
    (void)stage;
    return false;
}

void kept_alone(struct staging *stage)
{
    (void)stage;
}

bool kept_forget(struct staging *stage)
{
    (void)stage;
    return true;
}
