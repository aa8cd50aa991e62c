/* SPDX-License-Identifier: MIT */
/* No command of this build reads settings. */
#include "client/unsupported.h"

void unsupported_warn(const struct settings *settings, unsigned what)
{
    (void)settings;
    (void)what;
}
