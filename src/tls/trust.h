/* SPDX-License-Identifier: MIT */
/* The trusted certificates of this machine: where they are, and those that are asked for. */
#ifndef SMIDGIT_TRUST_H
#define SMIDGIT_TRUST_H

#include "proto/fault.h"
#include "tls/certname.h"

#include <stdbool.h>
#include <stddef.h>

struct trust {
    const char *path;
    const char *said_by; /* "--cacert", "SSL_CERT_FILE", ...; NULL: found where systems keep it */
    bool directory;      /* or several, with ':' between, as in SSL_CERT_DIR */
    const char *besides; /* GIT_SSL_CAPATH, directories that are read too, or NULL */
    bool built_in;       /* path is "this program" */
};

/* Which file or directory holds the trusted certificates: CA_FILE (--cacert) if not NULL, else
 * GIT_SSL_CAINFO and GIT_SSL_CAPATH (as with git, both count), SSL_CERT_FILE, SSL_CERT_DIR, else
 * where distributions keep them, else the program itself. A place that somebody named is taken even
 * if nothing is there. 0, or -1 and FAULT_TLS with the places looked at. */
int trust_locate(struct trust *store, const char *ca_file, struct fault *fault);

/* Reads all of STORE, one certificate in memory at a time, and calls CERTIFICATE for each whose
 * subject is WANTED. Both get CONTEXT; CERTIFICATE states its own fault with -1. *COUNT is how many
 * certificates there are. 0, or -1 and FAULT_TLS: missing, empty, no certificate in it (T3). */
int trust_search(const struct trust *store,
                 bool (*wanted)(void *context, const struct certname *names),
                 int (*certificate)(void *context, const unsigned char *der, size_t size),
                 void *context, size_t *count, struct fault *fault);

#endif
