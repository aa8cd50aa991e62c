/* SPDX-License-Identifier: MIT */
/* Who the client is: a certificate and its key, for servers that want one (--cert, --key). Nothing
 * of the library behind it shows here. */
#ifndef SMIDGIT_IDENTITY_H
#define SMIDGIT_IDENTITY_H

#include "proto/fault.h"

struct identity;

/* Reads CERT_FILE, PEM: the certificate and those between it and the root; and KEY_FILE, or the
 * key in CERT_FILE when that is NULL. PASSWORD is that of an encrypted key. 1 and *OUT; 0: the key
 * is encrypted, and PASSWORD is NULL; -1 and FAULT_TLS: a file that cannot be read, a wrong
 * password, a key of another certificate. */
int identity_open(const char *cert_file, const char *key_file, const char *password,
                  struct identity **out, struct fault *fault);
void identity_close(struct identity *identity); /* overwrites the key; NULL is fine */

/* CONFIG is the library's, of a client: it presents IDENTITY, which outlives it. 0, or the
 * library's code. */
int identity_present(struct identity *identity, void *config);

#endif
