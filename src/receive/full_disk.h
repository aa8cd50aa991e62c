/* SPDX-License-Identifier: MIT */
/* What is said when a pack did not fit on the disk. */
#ifndef SMIDGIT_FULL_DISK_H
#define SMIDGIT_FULL_DISK_H

#include "proto/fault.h"

#include <stdint.h>

/* A write to the file system of FD has failed, for the reason in FAULT, when WRITTEN bytes of a
 * pack were there, and DONE of its COUNT entries. If it is full, FAULT says how much is missing, as
 * if the rest were as large as what came. Returns -1. */
int full_disk(int fd, uint64_t written, uint32_t done, uint32_t count, struct fault *fault);

#endif
