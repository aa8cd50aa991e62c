/* SPDX-License-Identifier: MIT */
/* Which names an authority may certify: nameConstraints (RFC 5280, 4.2.1.10). */
#ifndef SMIDGIT_CERTLIMIT_H
#define SMIDGIT_CERTLIMIT_H

#include "proto/fault.h"
#include "tls/certname.h"

#include <stddef.h>

/* Comparisons of a name with a constraint, in all of a path: enough for some hundreds of each, and
 * done in a few milliseconds whatever a stranger sends. */
enum { CERTLIMIT_COMPARISONS = 1 << 18 };

/* Requires that AUTHORITY, if it has name constraints, may certify every name of BELOW, a
 * certificate further down its path. *LEFT is how many comparisons the path may still take. 0, or
 * -1 and FAULT_TLS with the name that is outside, or that cannot be judged. */
int certlimit_check(const struct certname *authority, const struct certname *below, size_t *left,
                    struct fault *fault);

#endif
