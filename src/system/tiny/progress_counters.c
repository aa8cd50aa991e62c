/* SPDX-License-Identifier: MIT */
/* How much is done, not how fast. */
#include "system/progress_counters.h"

#include <inttypes.h>
#include <stdio.h>

void progress_counters(struct progress *progress, int64_t now, char *out, size_t size)
{
    (void)now;
    snprintf(out, size, "%3d%% (%" PRIu64 "/%" PRIu64 ")", progress->percent, progress->done,
             progress->total);
}
