/* SPDX-License-Identifier: MIT */
#include "net/pace.h"

bool pace_on(unsigned rate)
{
    return rate > 0;
}

int64_t pace_wait(struct pace *pace, int64_t now_us)
{
    if (pace->paid_us < now_us - PACE_SAVED_US)
        pace->paid_us = now_us - PACE_SAVED_US;
    return pace->paid_us > now_us ? pace->paid_us - now_us : 0;
}

size_t pace_most(unsigned rate, size_t capacity)
{
    size_t most = rate < PACE_PIECES ? 1 : rate / PACE_PIECES;
    return capacity < most ? capacity : most;
}

void pace_add(struct pace *pace, unsigned rate, size_t bytes)
{
    /* Rounded up: small pieces are not for nothing. */
    pace->paid_us += (int64_t)(((uint64_t)bytes * 1000000 + rate - 1) / rate);
}
