/* SPDX-License-Identifier: MIT */
#include "tls/certtime.h"

#include <inttypes.h>
#include <stdio.h>

enum { DAY = 24 * 60 * 60 };

/* Years begin in March, so that the leap day is the last. */
int64_t certtime_seconds(int year, int month, int day)
{
    int64_t y = month <= 2 ? year - 1 : year, m = month <= 2 ? month + 9 : month - 3;
    return (y * 365 + y / 4 - y / 100 + y / 400 + (m * 153 + 2) / 5 + day - 1 - 719468) * DAY;
}

const char *certtime_format(int64_t at, char out[CERTTIME_SIZE])
{
    int year = 1970, month = 1;
    if (at < 0 || at >= certtime_seconds(10000, 1, 1)) {
        snprintf(out, CERTTIME_SIZE, "%" PRId64 " seconds after 1970", at);
        return out;
    }
    year += (int)(at / DAY / 366);
    while (certtime_seconds(year + 1, 1, 1) <= at)
        year++;
    while (month < 12 && certtime_seconds(year, month + 1, 1) <= at)
        month++;
    int64_t rest = at - certtime_seconds(year, month, 1);
    snprintf(out, CERTTIME_SIZE, "%04d-%02d-%02d %02d:%02d UTC", year, month, (int)(rest / DAY) + 1,
             (int)(rest % DAY / 3600), (int)(rest % 3600 / 60));
    return out;
}
