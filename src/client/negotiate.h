/* SPDX-License-Identifier: MIT */
/* Which commits to tell a server of, so that it knows what it need not send (gitprotocol-pack,
 * "Packfile Negotiation"; git's negotiation algorithm "skipping").
 *
 * The tips come first, newest first; behind each the steps grow by half, until the server knows one
 * of them: it then has all that lies before it, and nothing of that is told. */
#ifndef SMIDGIT_NEGOTIATE_H
#define SMIDGIT_NEGOTIATE_H

#include "objects/commits.h"

struct negotiate {
    struct commits *commits; /* the caller's; their flags, skip and wait are ours meanwhile */
    struct commit_queue queue;
    size_t open; /* commits in the queue that the server is not known to have */
};

void negotiate_open(struct negotiate *negotiate, struct commits *commits);
void negotiate_close(struct negotiate *negotiate);

/* OID, a commit, is there and may be told. 0 or -1. */
int negotiate_tip(struct negotiate *negotiate, const struct oid *oid);

/* The server has shown that it has OID, a commit that is here, too. 0 or -1. */
int negotiate_known(struct negotiate *negotiate, const struct oid *oid);

/* The next commit to be told: 1, 0 when there is nothing more to say, -1. */
int negotiate_next(struct negotiate *negotiate, struct oid *out);

/* The server acknowledges OID, which was told: *IS_NEW says whether that could not be known. 0 or
 * -1. */
int negotiate_acknowledged(struct negotiate *negotiate, const struct oid *oid, bool *is_new);

#endif
