/* SPDX-License-Identifier: MIT */
/* What is said of a command that is not there. */
#ifndef SMIDGIT_MISSING_COMMAND_H
#define SMIDGIT_MISSING_COMMAND_H

#include "proto/fault.h"

/* States FAULT_USAGE for NAME, which is no command of this build: one of git's that is not there
 * yet, with a hint of what is; or a mistyped one, with the nearest. Returns -1. */
int missing_command(const char *name, struct fault *fault);

#endif
