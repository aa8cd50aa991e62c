/* SPDX-License-Identifier: MIT */
/* What helps after a failure, as git shows it. */
#ifndef SMIDGIT_HINT_H
#define SMIDGIT_HINT_H

#include "proto/fault.h"

/* Takes the hint off FAULT, which leaves one sentence. Returns it, or NULL. */
const char *hint_cut(struct fault *fault);

/* Writes HINT to stderr as lines of at most 80 characters that begin with "hint: "; NULL: none. */
void hint_show(const char *hint);

#endif
