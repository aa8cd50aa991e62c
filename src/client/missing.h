/* SPDX-License-Identifier: MIT */
/* What has still to come, when packs break off or bring only a part. */
#ifndef SMIDGIT_MISSING_H
#define SMIDGIT_MISSING_H

#include "objects/odb.h"
#include "receive/receive.h"

enum {
    WANTS_MOST = 65536 /* of one request: 3 MB. git http-backend takes 10 (http.maxRequestBuffer) */
};

/* Blobs stand last: they are asked for when all trees are there, so that the server sees all of
 * them and can make deltas of most. */
struct missing {
    struct oid *oids;
    size_t count, blobs;
    size_t most; /* of one request */
};

/* WANTS[0..COUNT) and nothing else. *MISSING starts as zeros, and missing_free() follows. 0, or -1
 * and FAULT_LIMIT. */
int missing_begin(struct missing *missing, const struct oid *wants, size_t count,
                  struct fault *fault);
void missing_free(struct missing *missing);

/* How many are asked for at once: the first of them. FILTERED: what is below trees does not come
 * with them. */
size_t missing_wants(const struct missing *missing, bool filtered);

/* The first ASKED were asked for, and what came is in ODB; REST lists what has not come of them, or
 * is linked to by what came. 0; 1: of what was asked for there is nothing; -1 and FAULT_LIMIT. */
int missing_account(struct missing *missing, struct odb *odb, size_t asked,
                    const struct receive_rest *rest, struct fault *fault);

/* A request for ASKED objects brought nothing: perhaps the first of them does not fit between two
 * breaks. Half as many are next, and others. */
void missing_ask_for_less(struct missing *missing, size_t asked);
void missing_ask_for_more(struct missing *missing);

#endif
