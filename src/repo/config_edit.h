/* SPDX-License-Identifier: MIT */
/* One setting in a configuration file changed, with all else as it stands there (git-config). */
#ifndef SMIDGIT_CONFIG_EDIT_H
#define SMIDGIT_CONFIG_EDIT_H

#include "proto/fault.h"

/* Sets NAME ("branch.Main.merge", section and key in any case) to VALUE in the file PATH below DIR,
 * under git's lock; NULL removes it, and a section that is empty then. Of several lines with that
 * name the last one counts. A file that is not there is made. FAULT_USAGE when NAME is none, or
 * VALUE cannot stand there; FAULT_LOCAL when the file is malformed; FAULT_NO when there is nothing
 * to remove. 0 or -1. */
int config_set(int dir, const char *path, const char *name, const char *value, struct fault *fault);

/* Adds a line at the end of the section, whether there is one of that name or not; otherwise the
 * same. 0 or -1. */
int config_add(int dir, const char *path, const char *name, const char *value, struct fault *fault);

/* Removes all sections called SECTION ("branch.Main"), and what is in them. Without any, nothing
 * happens. 0 or -1. */
int config_remove_section(int dir, const char *path, const char *section, struct fault *fault);

#endif
