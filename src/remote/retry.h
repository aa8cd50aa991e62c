/* SPDX-License-Identifier: MIT */
/* Another try, when the network has failed. */
#ifndef SMIDGIT_RETRY_H
#define SMIDGIT_RETRY_H

#include "remote/http_session.h"

enum { RETRIES = 2 /* by default */ };

/* A request has brought nothing, as the session's fault says. If it is the network's, and so were
 * fewer than custom->retries before it: says so, hangs up, waits, each time about twice as long,
 * and clears the fault. 0; -1: no other try, the fault stands, or says that a signal came. */
int retry_wait(struct http_session *session);

/* It has brought something. */
void retry_over(struct http_session *session);

#endif
