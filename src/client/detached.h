/* SPDX-License-Identifier: MIT */
/* Where a HEAD that names no branch was detached (git-status, git-branch). */
#ifndef SMIDGIT_DETACHED_H
#define SMIDGIT_DETACHED_H

#include "client/workspace.h"

/* "HEAD detached at v1.0", or "from" when it has moved since: the tag, the remote-tracking branch
 * or the abbreviated id that the reflog says it went to, in OUT; "" when the reflog does not say. 0
 * or -1. */
int detached_describe(struct workspace *workspace, char *out, size_t size);

#endif
