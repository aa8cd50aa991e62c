/* SPDX-License-Identifier: MIT */
/* From a tag to its commit, and from a commit to its tree. */
#ifndef SMIDGIT_PEEL_H
#define SMIDGIT_PEEL_H

#include "objects/odb.h"

enum {
    PEEL_TAGS_MAX = 1000000,   /* tags that point to tags (K10): a loop, so only time is at stake */
    PEEL_OBJECT_MAX = 33554432 /* bytes of a tag or commit: as much as the receive takes */
};

/* OID is a commit, or a tag that leads to one. FAULT_PROTOCOL otherwise. 0 or -1. */
int peel_to_commit(struct odb *odb, const struct oid *oid, struct oid *commit, struct fault *fault);

/* The tree of the commit that OID is or leads to. 0 or -1. */
int peel_to_tree(struct odb *odb, const struct oid *oid, struct oid *tree, struct fault *fault);

#endif
