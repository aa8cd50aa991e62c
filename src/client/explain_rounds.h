/* SPDX-License-Identifier: MIT */
/* Which requests a conversation has, and what was answered: the picture before its lines. */
#ifndef SMIDGIT_EXPLAIN_ROUNDS_H
#define SMIDGIT_EXPLAIN_ROUNDS_H

#include "client/explain_text.h"

/* Tells of the round trips of FILE, a conversation. What is wrong with it is for others to say. 0
 * or -1 with FAULT_LIMIT. */
int explain_rounds(const struct explained *file);

#endif
