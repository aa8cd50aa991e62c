/* SPDX-License-Identifier: MIT */
/* No command of this build reads settings. */
#include "client/unsupported.h"

void unsupported_warn(const struct settings *settings, const struct url *url, unsigned what)
{
    (void)settings;
    (void)url;
    (void)what;
}
