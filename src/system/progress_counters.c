/* SPDX-License-Identifier: MIT */
#include "system/progress_counters.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
    RECENT_MS = 2000,     /* what comes is measured over the last two to four seconds, as by git */
    LEFT_AFTER_MS = 5000, /* before, nobody asks how long it takes */
    STEADY_MS = 1000      /* so much one estimate may be off, besides half of it */
};

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

/* The seconds that are left at NOW_MS (since the beginning) if it goes on as since OLDER; 0: nobody
 * knows. Objects differ, so that what differs much from the estimate before is not told. RENEWED:
 * this one is what the next are held against. */
static unsigned seconds_left(struct progress *progress, int64_t now_ms, bool renewed)
{
    uint64_t moved = progress->done - progress->older.done;
    int64_t left = 0, expected = progress->end_ms - now_ms;
    if (progress->done < progress->total && moved > 0)
        left = (int64_t)((uint64_t)(now_ms - progress->older.ms) *
                         (progress->total - progress->done) / moved);
    if (renewed)
        progress->end_ms = now_ms + left;
    bool steady = left <= 2 * expected + STEADY_MS && expected <= 2 * left + STEADY_MS;
    return now_ms >= LEFT_AFTER_MS && steady ? (unsigned)((left + 999) / 1000) : 0;
}

/* ", 1:20 left" or ", 2 h 5 min left" behind OUT, if the row has room for it. */
static void left_put(const struct progress *progress, unsigned seconds, char *out, size_t size)
{
    size_t used = strlen(out), columns = progress->columns > 0 ? (size_t)progress->columns : 79;
    unsigned unit = seconds < 3600 ? 1 : 60;
    snprintf(out + used, size - used, unit == 1 ? ", %u:%02u left" : ", %u h %u min left",
             seconds / unit / 60, seconds / unit % 60);
    if (strlen(progress->title) + strlen(": ") + strlen(out) > columns)
        out[used] = '\0';
}

void progress_counters(struct progress *progress, int64_t now, char *out, size_t size)
{
    char amount[40] = "", rate[40] = "", flow[96] = "";
    int64_t now_ms = now - progress->started_ms;
    bool renew = now_ms - progress->newer.ms >= RECENT_MS;
    if (renew) {
        progress->older = progress->newer;
        progress->newer =
            (struct progress_mark){.ms = now_ms, .done = progress->done, .bytes = progress->bytes};
    }
    if (progress->throughput && progress->bytes > 0) {
        static const struct progress_mark beginning;
        const struct progress_mark *from =
            progress->done < progress->total ? &progress->older : &beginning;
        uint64_t ms = now_ms > from->ms ? (uint64_t)(now_ms - from->ms) : 1;
        progress_bytes(progress->bytes, amount, sizeof amount);
        progress_bytes((progress->bytes - from->bytes) * 1000 / ms, rate, sizeof rate);
        snprintf(flow, sizeof flow, ", %s | %s/s", amount, rate);
    }
    if (progress->total > 0)
        snprintf(out, size, "%3d%% (%" PRIu64 "/%" PRIu64 ")%s", progress->percent, progress->done,
                 progress->total, flow);
    else
        snprintf(out, size, "%" PRIu64 "%s", progress->done, flow);
    unsigned seconds = seconds_left(progress, now_ms, renew);
    if (seconds > 0)
        left_put(progress, seconds, out, size);
}
