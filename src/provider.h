/* SPDX-License-Identifier: MIT */
/* What the hosting services want as credentials: one sentence of help after a refusal. */
#ifndef SMIDGIT_PROVIDER_H
#define SMIDGIT_PROVIDER_H

#include "http.h"
#include "url.h"

/* The sentence for this answer: by host, else by the answer's head and the first bytes of its
 * body (BODY, SIZE; may be empty). NULL when there is nothing to say. */
const char *provider_help(const struct url *url, const struct http_head *head, const char *body,
                          size_t size);

#endif
