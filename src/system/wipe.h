/* SPDX-License-Identifier: MIT */
#ifndef SMIDGIT_WIPE_H
#define SMIDGIT_WIPE_H

#include <stddef.h>

/* Overwrites a secret in memory; the compiler must not leave it out. */
void wipe(void *bytes, size_t size);

/* From here on this process holds a secret: no other process of this user may read its memory or
 * attach to it, and no core is written, by a program that cores are piped to neither (C1,
 * PR_SET_DUMPABLE in prctl(2), Linux). Left out under AddressSanitizer, whose leak check attaches.
 */
void wipe_guard(void);

#endif
