/* SPDX-License-Identifier: MIT */
/* Credential helpers: programs that know and keep secrets, by git's protocol (gitcredentials(7),
 * git-credential(1)).
 *
 *   /path/to/program --option    is run, with "get", "store" or "erase" behind it
 *   !lines of a shell            the same, by sh
 *   store [--file FILE]          built in: credential_store.h
 *   keyring [--timeout SECONDS]  built in: keyring.h
 *   name --option                git-credential-name, or git credential-name
 *
 * There is no shell where none is needed. One that fails, hangs or answers rubbish is a warning,
 * and the next one is asked: it may be wrong, and the user is still there.
 */
#ifndef SMIDGIT_HELPERS_H
#define SMIDGIT_HELPERS_H

#include "proto/url.h"
#include "remote/credential.h"
#include "system/list.h"

/* Whether this build has any of this. */
extern const bool helpers_available;

struct helpers {
    struct list commands; /* in the order of the settings */
    bool use_path; /* the path of the URL is part of what is asked (credential.useHttpPath) */
    int wait_ms;   /* how long one may take; 0: HELPER_WAIT */
};

enum { HELPER_WAIT = 10 * 60 * 1000 /* ms: some send the user to a web page first */ };

/* Asks them for what CREDENTIAL lacks, one after the other, until a user name and a password, or
 * `authtype` and `credential`, are known. An answer for another host, and one that has expired, are
 * passed over. 1; 0: none knows; -1: FAULT_AUTH (one of them wants nobody else to be asked),
 * FAULT_LIMIT, FAULT_INTERRUPTED. */
int helpers_ask(const struct helpers *helpers, struct credential *credential, struct fault *fault);

/* Tells all of them to keep CREDENTIAL, or to forget it (KEEP is false). 0 or -1 (FAULT_LIMIT,
 * FAULT_INTERRUPTED). */
int helpers_say(const struct helpers *helpers, bool keep, struct credential *credential,
                struct fault *fault);

/* helpers_ask() for what goes with URL. USER: of this user; CHALLENGE: what the server wants; both
 * may be NULL. *OUT is what is known, to be given to helpers_tell(), and helpers_forget() follows
 * in any case. */
int helpers_get(const struct helpers *helpers, const struct url *url, const char *user,
                const char *challenge, struct credential *out, struct fault *fault);

/* helpers_say() of USER and SECRET for URL, or of what else CREDENTIAL says, which is one of
 * helpers_get() or zeros. */
int helpers_tell(const struct helpers *helpers, bool keep, const struct url *url, const char *user,
                 const char *secret, struct credential *credential, struct fault *fault);

/* Overwrites and frees. Zeros are fine. */
void helpers_forget(struct credential *credential);

#endif
