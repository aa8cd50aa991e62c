/* SPDX-License-Identifier: MIT */
/* The remotes that the configuration knows (git-remote). */
#ifndef SMIDGIT_REMOTES_H
#define SMIDGIT_REMOTES_H

#include "proto/refs.h"
#include "repo/settings.h"

/* Puts the next remote behind NAME, by strcmp(), into NAME, "" being before all. False: no more. */
bool remotes_next(const struct settings *settings, char name[REFS_NAME_MAX]);

/* URL with url.BASE.insteadOf: the longest that fits is replaced. To be freed; NULL: no memory. */
char *remotes_url(const struct settings *settings, const char *url);

#endif
