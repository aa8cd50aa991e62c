/* SPDX-License-Identifier: MIT */
#include "system/beside.h"

#include <stddef.h>

bool beside_try(struct beside *beside, int (*run)(void *context), void *context)
{
    *beside = (struct beside){.run = run, .context = context};
    return false;
}

int beside_end(struct beside *beside)
{
    return beside->result;
}
