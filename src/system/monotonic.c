/* SPDX-License-Identifier: MIT */
#include "system/monotonic.h"

#include <time.h>

/* CLOCK_MONOTONIC, by which every limit and rate goes: nobody sets it, so that the wall clock may
 * jump (NTP, a board without a battery). On Linux it also stands still while the machine sleeps, as
 * poll() does: when a laptop's lid is opened again, no server has been silent for a night.
 * CLOCK_BOOTTIME would go on. The wall clock is for what others read or wrote: certificates,
 * reflogs, the age of passwords and of files. */
int64_t monotonic_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int64_t monotonic_ms(void)
{
    return monotonic_us() / 1000;
}
