/* SPDX-License-Identifier: MIT */
/* What a clone's directory is called. */
#ifndef SMIDGIT_DIRECTORY_NAME_H
#define SMIDGIT_DIRECTORY_NAME_H

#include "proto/url.h"

/* The directory git would clone URL into: its path's last part, as written, without ".git".
 * FAULT_USAGE when that gives no usable name (P14: "/..", "/.git", nothing). OUT has SIZE bytes. 0
 * or -1. */
int directory_name(const struct url *url, char *out, size_t size, struct fault *fault);

#endif
