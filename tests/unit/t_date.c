/* SPDX-License-Identifier: MIT */
/* --date, and a clock that was never set (T3). */
#include "t.h"
#include "tls/date.h"

#include <inttypes.h>

int main(void)
{
    static const char *const bad[] = {"",           "@",
                                      "0",          "@-1",
                                      "@+1",        "@1x",
                                      "@ 1",        "@1 ",
                                      "@1.5",       "@@1",
                                      "2026-01-01", "@1099511627776",
                                      "@0x1",       "@18446744073709551617"};
    static const struct {
        const char *text;
        int64_t seconds;
    } good[] = {{"@0", 0}, {"@86400", 86400}, {"@01", 1}, {"@1099511627775", 1099511627775}};
    int64_t at = 7;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        CHECK(date_parse(bad[i], &at) < 0 && at == 7, "'%s', %" PRId64, bad[i], at);
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        CHECK(date_parse(good[i].text, &at) == 0 && at == good[i].seconds, "%s, %" PRId64,
              good[i].text, at);
    int64_t built = date_believe(0), later = 4102444800;
    CHECK(built > 1700000000, "%" PRId64, built);
    CHECK(date_believe(-1) == built && date_believe(built - 1) == built, "never set");
    CHECK(date_believe(built) == built && date_believe(built + 1) == built + 1, "set");
    CHECK(date_believe(later) == later, "in the year 2100");
    return T_DONE();
}
