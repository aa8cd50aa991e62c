/* SPDX-License-Identifier: MIT */
/* Where the remotes of an open repository are (git-fetch, "<repository>"). */
#ifndef SMIDGIT_OWN_REMOTE_H
#define SMIDGIT_OWN_REMOTE_H

#include "proto/refs.h"
#include "proto/url.h"
#include "repo/repository.h"

/* What is meant when nothing is said: what the branch follows, the only remote, "origin". ROOM may
 * hold it. */
const char *own_remote_default(const struct repository *repository, char room[REFS_NAME_MAX]);

/* The URL of NAME, a remote that the repository's settings know, or a URL itself, as insteadOf
 * says: *URL, until connection_url_end(). 1: a remote; 0: a URL; -1, neither is a FAULT_USAGE. */
int own_remote_url(const struct repository *repository, const char *name, struct url *url,
                   struct fault *fault);

#endif
