/* SPDX-License-Identifier: MIT */
#ifndef SMIDGIT_PROGRESS_COUNTERS_H
#define SMIDGIT_PROGRESS_COUNTERS_H

#include "system/progress.h"

#include <stddef.h>

/* "964 bytes", "68.00 KiB", "1.50 MiB", "2.00 GiB": as git writes amounts. */
void progress_bytes(uint64_t bytes, char *out, size_t size);

/* The part of the line after "TITLE: ", at the time NOW (monotonic_ms()): how much is done, the
 * rate of the last seconds (at the end that of all), and ", 1:20 left" when it takes longer, the
 * total is known and the estimate is steady. Moves PROGRESS's marks. */
void progress_counters(struct progress *progress, int64_t now, char *out, size_t size);

#endif
