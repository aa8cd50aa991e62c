/* SPDX-License-Identifier: MIT */
/* A conversation, as --trace writes it: line by line, what each one is for. */
#ifndef SMIDGIT_EXPLAIN_TALK_H
#define SMIDGIT_EXPLAIN_TALK_H

#include "client/explain_text.h"

/* FILE's bytes are lines "C: ...", "S: ..." and "== ...". Anything else is a FAULT_PROTOCOL with
 * its line. 0 or -1. */
int explain_talk(struct explained *file);

#endif
