/* SPDX-License-Identifier: MIT */
#ifndef SMIDGIT_PROGRESS_COUNTERS_H
#define SMIDGIT_PROGRESS_COUNTERS_H

#include "system/progress.h"

#include <stddef.h>

/* "964 bytes", "68.00 KiB", "1.50 MiB", "2.00 GiB": as git writes amounts. */
void progress_bytes(uint64_t bytes, char *out, size_t size);

/* The part of the line after "TITLE: ", at the time NOW. */
void progress_counters(const struct progress *progress, int64_t now, char *out, size_t size);

#endif
