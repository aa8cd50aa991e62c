/* SPDX-License-Identifier: MIT */
/* Passwords kept in the Linux kernel's memory for a time: keyrings(7).
 *
 *   keyring      _persistent.UID: the user's, in every session, cron's too, and without one; where
 *                a kernel has none, _uid.UID, which ends with the user's last process
 *     key        type "user", "smidgit:https://alice@example.com:8443/team/repo.git"
 *       payload  stored=TIME, in 16 hexadecimal digits of nanoseconds
 *                protocol=https ...                    the lines of credential.h
 *
 * A key's permissions are for whoever possesses it, which is not a matter of the user's id: the
 * session that stored it may be another one. So each run links the keyring to its own process's,
 * and possesses it by that; the right to do so goes by the id. Another user, root too, has another
 * keyring. Nothing is on a disk, and no program stays behind.
 */
#ifndef SMIDGIT_KEYRING_H
#define SMIDGIT_KEYRING_H

#include "remote/credential.h"

enum {
    KEYRING_TIMEOUT = 900,     /* seconds, as git-credential-cache(1) has it */
    KEYRING_PAYLOAD = 32767,   /* bytes: the kernel's limit */
    KEYRING_DESCRIPTION = 4096 /* the same, with NUL */
};

/* All of these: -1 with FAULT_LOCAL when the system has no keyrings (ENOSYS) or they are closed to
 * this process (EPERM, in containers), FAULT_LIMIT when the user's share is full (EDQUOT). */

/* Puts what the latest key that fits says of username and secret into WANTED; `credential` only if
 * WANTED has the capability "authtype". 1, 0 when there is none, -1. */
int keyring_get(struct credential *wanted, struct fault *fault);

/* Keeps CREDENTIAL for SECONDS (1 to INT_MAX), or until it expires, in place of what fits it but
 * for the secret; nothing when it has no secret, or an ephemeral one. 0 or -1. */
int keyring_put(const struct credential *credential, unsigned long seconds, struct fault *fault);

/* Drops whatever fits CREDENTIAL, its secret too if it has one. 0 or -1. */
int keyring_erase(const struct credential *credential, struct fault *fault);

/* One of the three. 1 (CREDENTIAL_GET has found it), 0 or -1. */
int keyring_call(enum credential_operation operation, unsigned long seconds,
                 struct credential *credential, struct fault *fault);

#endif
