/* SPDX-License-Identifier: MIT */
/* clone -c NAME=VALUE: counts from here on, and stays in the clone's config (git-clone, --config).
 */
#ifndef SMIDGIT_CLONE_SETTINGS_H
#define SMIDGIT_CLONE_SETTINGS_H

#include "client/download.h"
#include "cmd/options.h"

extern const struct option clone_settings_options[]; /* of a struct download; goes on with others */

/* Makes them count, before any settings are read; a name that is none is a FAULT_USAGE. 0 or -1. */
int clone_settings_ready(const struct download *download);

/* What the remote is called where no -o says so: clone.defaultRemoteName, or origin. Settings have
 * been read. */
const char *clone_settings_origin(const struct download *download);

/* Who the reflogs say has cloned, in OUT, which is returned. */
char *clone_settings_who(const struct download *download, char *out, size_t size);

/* Warns of refspecs of the settings that take more than is taken here. */
void clone_settings_warn(const struct download *download);

/* Adds them to the config in the staging directory. 0 or -1. */
int clone_settings_write(const struct download *download);

#endif
