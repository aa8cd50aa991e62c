/* SPDX-License-Identifier: MIT */
/* What may stand before the command's name (git, "OPTIONS"). */
#ifndef SMIDGIT_GLOBAL_OPTIONS_H
#define SMIDGIT_GLOBAL_OPTIONS_H

#include "proto/fault.h"

/* A setting for this run. It goes into the environment (GIT_CONFIG_COUNT), as processes that are
 * started shall have it too. 0 or -1. */
int global_setting(const char *name, const char *value, struct fault *fault);

/* -C DIR goes there; -c NAME=VALUE is a setting for this run. Returns how many words of
 * ARGV[1..ARGC) these are, -1: FAULT_USAGE or FAULT_LOCAL. */
int global_options(int argc, char **argv, struct fault *fault);

#endif
