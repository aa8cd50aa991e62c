/* SPDX-License-Identifier: MIT */
/* What the hosting services want as credentials: one sentence of help after a refusal. */
#ifndef SMIDGIT_HOSTING_H
#define SMIDGIT_HOSTING_H

#include "proto/http.h"
#include "proto/url.h"

/* What hosting_help() says of a page to sign in on, where 401 was due, and of that. */
extern const char hosting_sign_in[];

/* The sentence for this answer: by host, else by the answer's head and the first bytes of its
 * body (BODY, SIZE; may be empty), and *MORE of it. NULL when there is nothing to say. */
const char *hosting_help(const struct url *url, const struct http_head *head, const char *body,
                         size_t size, const char **more);

#endif
