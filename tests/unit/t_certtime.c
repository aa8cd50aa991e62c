/* SPDX-License-Identifier: MIT */
#include "t.h"
#include "tls/certtime.h"

#include <inttypes.h>

static const struct row {
    int64_t at;
    const char *text;
} rows[] = {
    {0, "1970-01-01 00:00 UTC"},
    {86399, "1970-01-01 23:59 UTC"},
    {951782400, "2000-02-29 00:00 UTC"},
    {951868800, "2000-03-01 00:00 UTC"},
    {1735689599, "2024-12-31 23:59 UTC"},
    {2147483648, "2038-01-19 03:14 UTC"},
    {4107542400, "2100-03-01 00:00 UTC"},
    {253402300799, "9999-12-31 23:59 UTC"},
    {253402300800, "253402300800 seconds after 1970"},
    {-1, "-1 seconds after 1970"},
};

int main(void)
{
    char out[CERTTIME_SIZE];
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        CHECK_TEXT(certtime_format(rows[i].at, out), rows[i].text);
    CHECK(certtime_seconds(2000, 2, 29) == 951782400, "%" PRId64, certtime_seconds(2000, 2, 29));
    CHECK(certtime_seconds(1970, 1, 1) == 0, "%" PRId64, certtime_seconds(1970, 1, 1));
    CHECK(certtime_seconds(1969, 12, 31) == -86400, "%" PRId64, certtime_seconds(1969, 12, 31));
    return T_DONE();
}
