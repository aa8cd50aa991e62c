/* SPDX-License-Identifier: MIT */
/* Secrets in memory: overwritten after use, and out of the reach of other processes. */
#ifndef SMIDGIT_WIPE_H
#define SMIDGIT_WIPE_H

#include <stddef.h>

/* Overwrites a secret in memory. Unlike memset(), it is not left out by the compiler. */
void wipe(void *bytes, size_t size);

/* To be called before this process holds a secret (C1). From then on no other process of the user
 * can read its memory or attach to it, and no core dump is made, neither as a file nor by a program
 * that the kernel pipes it to (Linux: PR_SET_DUMPABLE in prctl(2)). Under AddressSanitizer it does
 * nothing, because the leak check has to attach. */
void wipe_guard(void);

#endif
