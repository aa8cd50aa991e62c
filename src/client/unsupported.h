/* SPDX-License-Identifier: MIT */
/* Settings of git that would change the outcome, and do not here: whoever has set them is told. */
#ifndef SMIDGIT_UNSUPPORTED_H
#define SMIDGIT_UNSUPPORTED_H

#include "repo/settings.h"

/* What is done: for what a setting is of matter. */
enum unsupported {
    UNSUPPORTED_WRITES = 1,   /* files are written */
    UNSUPPORTED_COMPARES = 2, /* files of a repository are looked at for changes */
};

/* One line on stderr, "warning: ...", for each sentence that the SETTINGS give reason to. WHAT:
 * what is done. */
void unsupported_warn(const struct settings *settings, unsigned what);

#endif
