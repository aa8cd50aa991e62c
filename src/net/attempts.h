/* SPDX-License-Identifier: MIT */
/* Connecting to a host that has several addresses.
 *
 * Two files implement it: net/attempts.c, where attempts overlap (RFC 8305), and
 * net/tiny/attempts.c, one after the other. */
#ifndef SMIDGIT_ATTEMPTS_H
#define SMIDGIT_ATTEMPTS_H

#include "net/resolve.h"

#include <stddef.h>
#include <stdint.h>

enum {
    ATTEMPT_SLICE_MS = 200
}; /* a signal that comes just before poll() is noticed after so long */

/* A socket, not blocking, that is connected to one of ADDRESSES[0..COUNT) before UNTIL
 * (monotonic_us()). -1 with errno: what the last attempt said, ETIMEDOUT, or EINTR when
 * interrupt_seen. */
int attempts_connect(const struct resolve_address *addresses, size_t count, int64_t until);

/* A socket that begins to connect to ADDRESS, and can be written to when there is an answer. -1
 * with errno. */
int attempt_begin(const struct resolve_address *address);

/* What became of an attempt whose socket can be written to: 0 connected, or an errno. */
int attempt_result(int socket);

/* Waits until EVENTS of poll() can be done or UNTIL has come: 1, 0 too late, -1 with errno (EINTR
 * when interrupt_seen). */
int attempt_wait(int socket, short events, int64_t until);

#endif
