/* SPDX-License-Identifier: MIT */
/* Passwords kept in a file, as git-credential-store(1) keeps them: a line is
 *
 *   https://alice:secret@example.com:8443/team/repo.git       percent-coded
 *
 * and what was stored last stands first. The file is ~/.git-credentials, and then
 * $XDG_CONFIG_HOME/git/credentials; the first one that is there is written to, or else the first is
 * made, and what is to be erased is erased in both. "FILE.lock" guards it as git's does. A file
 * that is open to others is neither read nor written (C3).
 */
#ifndef SMIDGIT_CREDENTIAL_STORE_H
#define SMIDGIT_CREDENTIAL_STORE_H

#include "remote/credential.h"

enum {
    CREDENTIAL_STORE_MAX = 1 << 20, /* bytes of a file */
    CREDENTIAL_STORE_PATH = 4096,
    CREDENTIAL_STORE_WAIT = 1000 /* milliseconds for a lock, as git waits */
};

struct credential_store {
    char paths[2][CREDENTIAL_STORE_PATH];
    unsigned count;
};

/* FILE, or NULL for where git keeps them. 0, or -1 with FAULT_LOCAL when nothing says where. */
int credential_store_open(struct credential_store *store, const char *file, struct fault *fault);

/* Puts username and password of the first line that fits into WANTED. 1, 0 when there is none, -1
 * with FAULT_AUTH (a file that is open to others), FAULT_LOCAL or FAULT_LIMIT. */
int credential_store_get(const struct credential_store *store, struct credential *wanted,
                         struct fault *fault);

/* Keeps CREDENTIAL, in place of what fits it but for the password; nothing when it is not a
 * protocol, a host or path, a username and a password. 0 or -1 as above. */
int credential_store_put(const struct credential_store *store, const struct credential *credential,
                         struct fault *fault);

/* Drops whatever fits CREDENTIAL, its password too if it has one. 0 or -1 as above. */
int credential_store_erase(const struct credential_store *store,
                           const struct credential *credential, struct fault *fault);

/* One of the three, in FILE or where git keeps them. 1 (CREDENTIAL_GET has found it), 0 or -1. */
int credential_store_call(enum credential_operation operation, const char *file,
                          struct credential *credential, struct fault *fault);

#endif
