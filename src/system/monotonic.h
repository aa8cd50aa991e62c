/* SPDX-License-Identifier: MIT */
/* A clock that nobody sets. */
#ifndef SMIDGIT_MONOTONIC_H
#define SMIDGIT_MONOTONIC_H

#include <stdint.h>

int64_t monotonic_us(void); /* microseconds since some moment, */
int64_t monotonic_ms(void); /* or milliseconds */

#endif
