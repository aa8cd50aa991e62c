/* SPDX-License-Identifier: MIT */
/* What a fetch receives is no part of the repository before nothing of it is missing: as with git,
 * until then it is in a directory of its own,
 *
 *   objects/tmp_objdir.smidgit-PID-N/repo/objects/pack
 *
 * whose name git's prune knows as one to remove when it is old. It is a staging directory like
 * another (repo/staging.h), and may be kept (repo/kept.h). */
#ifndef SMIDGIT_QUARANTINE_H
#define SMIDGIT_QUARANTINE_H

#include "repo/staging.h"

/* Opens one in the repository GIT_DIR. Whatever happened, staging_close() follows. 0 or -1. */
int quarantine_open(struct staging *quarantine, int git_dir, struct fault *fault);

/* Moves the packs to GIT_DIR: one at most, as each is visible at once. SYNC: their names are on the
 * disk then. 0 or -1. */
int quarantine_publish(struct staging *quarantine, int git_dir, bool sync);

#endif
