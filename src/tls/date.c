/* SPDX-License-Identifier: MIT */
#include "tls/date.h"

#include "proto/bytes.h"

#include <string.h>

/* A build can define when it was made. */
#ifndef SMIDGIT_BUILD_TIME
#define SMIDGIT_BUILD_TIME 1767225600 /* seconds since 1970: 2026-01-01 */
#endif

int date_parse(const char *text, int64_t *out)
{
    uint64_t value;
    if (text[0] != '@' || bytes_decimal(text + 1, strlen(text + 1), &value) < 0 || value >> 40)
        return -1;
    *out = (int64_t)value;
    return 0;
}

int64_t date_believe(int64_t clock)
{
    return clock < SMIDGIT_BUILD_TIME ? SMIDGIT_BUILD_TIME : clock;
}
