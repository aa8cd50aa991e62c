/* SPDX-License-Identifier: MIT */
/* The value of a WWW-Authenticate header: which ways to log in a server offers (RFC 9110, 11). */
#ifndef PROTO_HTTP_CHALLENGE_H
#define PROTO_HTTP_CHALLENGE_H

#include <stdbool.h>

/* True when VALUE, NUL-terminated and of any length, offers SCHEME: the scheme of one of its
 * challenges is that word, whatever the case of its letters (H9). What stands in a realm, in
 * another parameter, in a token68 or behind a string that does not end is no offer. */
bool http_challenge_offers(const char *value, const char *scheme);

#endif
