/* SPDX-License-Identifier: MIT */
/* At most so many bytes a second (--limit-rate): a token bucket, for whom time is handed in.
 * Whoever does not receive lets TCP hold the other side back (RFC 9293, section 3.8.6).
 *
 * Two files implement it: net/pace.c, and net/tiny/pace.c, which limits nothing. */
#ifndef SMIDGIT_PACE_H
#define SMIDGIT_PACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Of one connection; zeros at first. */
struct pace {
    int64_t paid_us; /* the moment until which RATE pays for all that has come */
};
enum {
    PACE_SAVED_US = 250000, /* so long a time in which nothing came is made good: the reader may
                               have been busy with what it had */
    PACE_PIECES = 8         /* in which a second's bytes come, so that pauses are short */
};

/* Whether RATE, in bytes a second, is one to be kept: 0 is none. */
bool pace_on(unsigned rate);

/* How many microseconds to wait at NOW_US (monotonic_us()) before more may come. */
int64_t pace_wait(struct pace *pace, int64_t now_us);

/* How many of CAPACITY bytes may come at once, one at least. */
size_t pace_most(unsigned rate, size_t capacity);

/* BYTES have come, and RATE (not 0) is to be kept. */
void pace_add(struct pace *pace, unsigned rate, size_t bytes);

#endif
