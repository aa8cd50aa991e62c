/* SPDX-License-Identifier: MIT */
/* Where a user name and a secret come from.
 *
 * In this order: --user with --password-fd, the URL's user info, .netrc, credential helpers,
 * GIT_ASKPASS or SSH_ASKPASS, a prompt on /dev/tty. Asked for only after a 401. A secret lives in
 * what this struct holds and nowhere else; cred_forget() overwrites it.
 * A limit is for what is used: a longer one elsewhere in .netrc is nobody's business.
 */
#ifndef SMIDGIT_CRED_H
#define SMIDGIT_CRED_H

#include "proto/url.h"
#include "remote/helpers.h"

#include <stdbool.h>

struct cred_options {
    const char *user;            /* --user, or NULL */
    int password_fd;             /* --password-fd, or -1 */
    bool bearer;                 /* --auth bearer: the secret alone is sent, as a token */
    bool no_prompt;              /* GIT_TERMINAL_PROMPT=0 */
    bool redirected;             /* to a host that the user did not name: no `default` of .netrc */
    const char *configured_user; /* credential.username, for a URL without one; or NULL */
    struct helpers helpers;
};

/* Bytes of a user name, or of a secret, with NUL. AWS's session tokens, and those of Entra and
 * Atlassian, have thousands; what is longer has no room in a request's head. */
enum { CRED_MAX = 65536 };

/* All zeros: nothing is known. */
struct cred {
    bool have;
    bool told;                /* the helpers know that it was right */
    struct credential helped; /* what was asked of helpers, and answered */
    char *user;               /* CRED_MAX bytes, or NULL */
    char *secret;             /* the same, behind it */
    const char *source;       /* "the URL", ".netrc", "the prompt": for sentences */
};

/* Fills CRED for URL, whose server has said CHALLENGE (or ""). Without any source: FAULT_AUTH with
 * a sentence that names the ways. 0, -1. */
int cred_fill(const struct url *url, const struct cred_options *options, const char *challenge,
              struct cred *cred, struct fault *fault);

/* The same for a proxy, from its URL, credential helpers and a person: what the command line and
 * .netrc say is for servers. */
int cred_fill_proxy(const struct url *url, const struct cred_options *options,
                    const char *challenge, struct cred *cred, struct fault *fault);

/* For a server that does not take Basic: what a helper has of another kind. 1; 0: none has; -1. */
int cred_token(const struct url *url, const struct cred_options *options, const char *challenge,
               struct cred *cred, struct fault *fault);

/* Asks a person for what URL, its user info apart, needs: for the password of USER, or for both
 * when USER is NULL. FAULT_AUTH when nobody can be asked. 0 or -1. */
int cred_ask(const struct url *url, const struct cred_options *options, const char *user,
             struct cred *cred, struct fault *fault);

/* The secret was right. Helpers keep what a person has typed, and hear of their own; who typed it
 * for nobody to keep is told so, unless QUIET. 0 or -1. */
int cred_approve(const struct url *url, const struct cred_options *options, bool quiet,
                 struct cred *cred, struct fault *fault);

/* The secret was refused: helpers forget it. One that came from a file or a helper is asked for on
 * the terminal, once. 1: CRED has another; 0: there is none; -1. */
int cred_refused(const struct url *url, const struct cred_options *options, struct cred *cred,
                 struct fault *fault);

/* Overwrites the secret. */
void cred_forget(struct cred *cred);

/* The value of an Authorization header, "Bearer ...", to be overwritten and freed. NULL: what no
 * header can have in it, or no memory. */
char *cred_bearer(const struct cred *cred, struct fault *fault);

/* The value of an Authorization header, "Basic ..." or what a helper wants, to be overwritten and
 * freed. NULL: a ':' in the user name, or no memory. */
char *cred_header(const struct cred *cred, struct fault *fault);

#endif
