/* SPDX-License-Identifier: MIT */
/* What credential.* says of the proxy of a URL: which helpers know its password. */
#ifndef SMIDGIT_PROXY_SETTINGS_H
#define SMIDGIT_PROXY_SETTINGS_H

#include "remote/http_session.h"
#include "repo/settings.h"

/* Fills in OUT->custom->proxy_cred for the proxy that URL is reached by, if there is one; its
 * setting is in OUT->custom. It points into SETTINGS. 0; -1 when the proxy's URL is none. */
int proxy_settings_use(const struct settings *settings, const struct url *url,
                       struct http_session_options *out, struct fault *fault);

#endif
