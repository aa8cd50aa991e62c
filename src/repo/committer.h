/* SPDX-License-Identifier: MIT */
/* The name and address that a reflog gives for who changed a reference. */
#ifndef SMIDGIT_COMMITTER_H
#define SMIDGIT_COMMITTER_H

#include "repo/settings.h"

#include <stddef.h>

/* "Name <address>" in OUT: GIT_COMMITTER_NAME and GIT_COMMITTER_EMAIL where they are set, else the
 * settings user.name and user.email (NULL: none), else EMAIL; else the user's name and the
 * machine's, and "smidgit" where there is neither. Characters that a reflog cannot hold are left
 * out. Returns OUT. */
char *committer_format(const char *user_name, const char *user_email, char *out, size_t size);

/* The same with user.name and user.email as SETTINGS have them. Returns OUT. */
char *committer_configured(const struct settings *settings, char *out, size_t size);

#endif
