/* SPDX-License-Identifier: MIT */
/* git's configuration files (git-config, "CONFIGURATION FILE"): writing values that read back the
 * same (P12). */
#ifndef SMIDGIT_CONFIG_H
#define SMIDGIT_CONFIG_H

#include "proto/stream.h"

#include <stdbool.h>

/* Writes `[section "subsection"]` (SUBSECTION may be NULL), with quotes and backslashes escaped;
 * then `\tkey = value`, quoted where needed. A LF or NUL in a name, or NUL in a value, is a
 * FAULT_USAGE. 0 or -1. */
int config_write_section(struct writer *out, const char *section, const char *subsection);
int config_write_value(struct writer *out, const char *key, const char *value);

#endif
