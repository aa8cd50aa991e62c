/* SPDX-License-Identifier: MIT */
/* What an answer means that is not the one asked for: one sentence, its class, and the help of the
 * hosting service. */
#ifndef SMIDGIT_REFUSAL_H
#define SMIDGIT_REFUSAL_H

#include "remote/http_session.h"

/* The answer at hand must be a 200 of the media type TYPE. Else its own sentence: reads the first
 * bytes of its body and shows them as "remote: ..." when they are plain text. 0 or -1. */
int refusal_check(struct http_session *session, const char *type);

/* Puts what the service says about refusals behind the sentence stated already, as a hint. Returns
 * -1. */
int refusal_help(struct http_session *session);

#endif
