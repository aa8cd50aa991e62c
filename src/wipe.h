/* SPDX-License-Identifier: MIT */
#ifndef SMIDGIT_WIPE_H
#define SMIDGIT_WIPE_H

#include <stddef.h>

/* Overwrites a secret in memory; the compiler must not leave it out. */
void wipe(void *bytes, size_t size);

#endif
