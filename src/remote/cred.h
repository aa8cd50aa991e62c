/* SPDX-License-Identifier: MIT */
/* Where a user name and a secret come from.
 *
 * In this order: --user with --password-fd, the URL's user info, .netrc, GIT_ASKPASS or
 * SSH_ASKPASS, a prompt on /dev/tty. Asked for only after a 401. A secret lives in this struct and
 * nowhere else; cred_forget() overwrites it.
 */
#ifndef SMIDGIT_CRED_H
#define SMIDGIT_CRED_H

#include "proto/url.h"

#include <stdbool.h>

struct cred_options {
    const char *user; /* --user, or NULL */
    int password_fd;  /* --password-fd, or -1 */
    bool no_prompt;   /* GIT_TERMINAL_PROMPT=0 */
    bool redirected;  /* to a host that the user did not name: no `default` of .netrc */
};

struct cred {
    bool have;
    char user[URL_USER_MAX];
    char secret[URL_PASSWORD_MAX];
    const char *source; /* "the URL", ".netrc", "the prompt": for sentences */
};

/* Fills CRED for URL. Without any source: FAULT_AUTH with a sentence that names the ways. 0, -1. */
int cred_fill(const struct url *url, const struct cred_options *options, struct cred *cred,
              struct fault *fault);

/* Overwrites the secret. */
void cred_forget(struct cred *cred);

/* The value of an Authorization header, "Basic ...", in OUT. 0 or -1 (a ':' in the user name). */
enum { CRED_HEADER_MAX = 4096 };
int cred_basic(const struct cred *cred, char out[CRED_HEADER_MAX], struct fault *fault);

#endif
