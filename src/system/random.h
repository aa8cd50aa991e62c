/* SPDX-License-Identifier: MIT */
/* The kernel's random numbers, which a machine may not have yet when it has just been started. */
#ifndef SMIDGIT_RANDOM_H
#define SMIDGIT_RANDOM_H

#include "proto/fault.h"

#include <stddef.h>

/* Fills BYTES[0..SIZE). Waits for the kernel to have gathered entropy, 30 seconds at most. 0, or -1
 * with FAULT_TLS ("no entropy: ...") or FAULT_INTERRUPTED. */
int random_bytes(void *bytes, size_t size, struct fault *fault);

#endif
