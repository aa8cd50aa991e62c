/* SPDX-License-Identifier: MIT */
/* Pinned public keys, as curl and git (http.pinnedPubkey) write them.
 *
 *   pins = pin *( ";" pin )
 *   pin  = "sha256//" 44base64char      ; SHA-256 of the DER SubjectPublicKeyInfo (RFC 7469, 2.4)
 */
#ifndef SMIDGIT_PINNED_KEY_H
#define SMIDGIT_PINNED_KEY_H

#include "proto/fault.h"

#include <stddef.h>

/* Whether TEXT has that form: 0, or -1 and FAULT_USAGE. */
int pinned_key_validate(const char *text, struct fault *fault);

/* Whether a server's key KEY[0..SIZE) is one of PINS: 0, or -1 and FAULT_TLS with the pin that
 * would fit. */
int pinned_key_check(const char *pins, const unsigned char *key, size_t size, struct fault *fault);

#endif
