/* SPDX-License-Identifier: MIT */
/* A clock that nobody sets, and that (of Linux) stands still while the machine sleeps. */
#ifndef SMIDGIT_MONOTONIC_H
#define SMIDGIT_MONOTONIC_H

#include <stdint.h>

int64_t monotonic_us(void); /* microseconds since some moment, */
int64_t monotonic_ms(void); /* or milliseconds */

#endif
