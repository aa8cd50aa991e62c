/* SPDX-License-Identifier: MIT */
/* How the server of a bundle is talked to. */
#ifndef SMIDGIT_BUNDLE_SESSION_H
#define SMIDGIT_BUNDLE_SESSION_H

#include "client/download.h"

/* What DOWNLOAD says, for URL: in CONNECTION, which outlives *OUT. What the git server alone is to
 * be told or trusted by stays behind: credentials, the client's certificate, extra headers, what
 * http.<url>.* says of it. 0 or -1. */
int bundle_session(struct download *download, const struct url *url, struct connection *connection,
                   struct http_session_options *out, struct fault *fault);

#endif
