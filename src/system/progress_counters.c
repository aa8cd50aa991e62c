/* SPDX-License-Identifier: MIT */
#include "system/progress_counters.h"

#include <inttypes.h>
#include <stdio.h>

void progress_bytes(uint64_t bytes, char *out, size_t size)
{
    static const char *const units[] = {"KiB", "MiB", "GiB"};
    size_t unit = bytes > 1 << 30 ? 2 : bytes > 1 << 20 ? 1 : 0;
    unsigned shift = 10 * ((unsigned)unit + 1);
    uint64_t whole = bytes >> shift, part = bytes & (((uint64_t)1 << shift) - 1);
    unsigned hundredths = (unsigned)((part * 100 + ((uint64_t)1 << (shift - 1))) >> shift);
    if (bytes <= 1 << 10) {
        snprintf(out, size, "%" PRIu64 " byte%s", bytes, bytes == 1 ? "" : "s");
        return;
    }
    if (hundredths == 100) {
        hundredths = 0;
        whole++;
    }
    snprintf(out, size, "%" PRIu64 ".%02u %s", whole, hundredths, units[unit]);
}

void progress_counters(const struct progress *progress, int64_t now, char *out, size_t size)
{
    char amount[40] = "", rate[40] = "", flow[96] = "";
    if (progress->throughput && progress->bytes > 0) {
        uint64_t elapsed = now > progress->started_ms ? (uint64_t)(now - progress->started_ms) : 1;
        uint64_t speed =
            progress->bytes / elapsed * 1000 + progress->bytes % elapsed * 1000 / elapsed;
        progress_bytes(progress->bytes, amount, sizeof amount);
        progress_bytes(speed, rate, sizeof rate);
        snprintf(flow, sizeof flow, ", %s | %s/s", amount, rate);
    }
    if (progress->total > 0)
        snprintf(out, size, "%3d%% (%" PRIu64 "/%" PRIu64 ")%s", progress->percent, progress->done,
                 progress->total, flow);
    else
        snprintf(out, size, "%" PRIu64 "%s", progress->done, flow);
}
