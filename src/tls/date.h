/* SPDX-License-Identifier: MIT */
/* What time it is where certificates are judged: by --date, or by the clock if that was ever set.
 */
#ifndef SMIDGIT_DATE_H
#define SMIDGIT_DATE_H

#include <stdint.h>

/* date = "@" 1*DIGIT: seconds since 1970, below 2^40. 0, or -1 when TEXT is no date. */
int date_parse(const char *text, int64_t *out);

/* CLOCK, what this machine says; or, when that is before this program was built, then: such a clock
 * was never set (T3). */
int64_t date_believe(int64_t clock);

#endif
