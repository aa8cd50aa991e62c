/* SPDX-License-Identifier: MIT */
/* What the value of a setting means (git-config, "Values"). */
#ifndef SMIDGIT_SETTING_VALUE_H
#define SMIDGIT_SETTING_VALUE_H

#include "repo/settings.h"

/* What SETTING says as a yes or no, by git's words and numbers: yes, on, true, 1 and so on;
 * OTHERWISE when SETTING is NULL. 0; -1 and FAULT_LOCAL when it is neither. */
int setting_flag(const struct setting *setting, bool otherwise, bool *out, struct fault *fault);

/* A number from 0, with k, m or g behind it; anything else is a FAULT_LOCAL. 0 or -1. */
int setting_number(const struct setting *setting, unsigned *out, struct fault *fault);

#endif
