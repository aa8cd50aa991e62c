/* SPDX-License-Identifier: MIT */
/* Times of certificates (RFC 5280, 4.1.2.5): UTC, seconds since 1970, years up to 9999. */
#ifndef SMIDGIT_CERTTIME_H
#define SMIDGIT_CERTTIME_H

#include <stdint.h>

enum { CERTTIME_SIZE = 64 }; /* bytes of a time as text, with its NUL */

/* The first second of a day of the Gregorian calendar; MONTH and DAY count from 1. */
int64_t certtime_seconds(int year, int month, int day);

/* "2026-01-31 12:00 UTC", also where time_t ends in 2038. Returns OUT. */
const char *certtime_format(int64_t at, char out[CERTTIME_SIZE]);

#endif
