/* SPDX-License-Identifier: MIT */
/* The settings credential.* (gitcredentials(7)): who keeps passwords, and for which user. */
#ifndef SMIDGIT_CREDENTIAL_SETTINGS_H
#define SMIDGIT_CREDENTIAL_SETTINGS_H

#include "client/url_settings.h"
#include "remote/http_session.h"

/* Puts what the settings of one URL say into CRED, which points into them. IDLE_MS: --idle-timeout,
 * by which helpers are waited for. A repository's own settings name no program (P12): a helper
 * there is passed over, with a warning if WARN. 0 or -1. */
int credential_settings_use(const struct url_settings *settings, unsigned idle_ms, bool warn,
                            struct cred_options *cred, struct fault *fault);

#endif
