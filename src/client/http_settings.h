/* SPDX-License-Identifier: MIT */
/* What git's settings say of how a server is talked to: http.KEY and http.<url>.KEY (git-config,
 * "http.*"), and url.<base>.insteadOf. The command line counts more.
 *
 * A repository's own configuration may come from a stranger (P12). What decides whom is trusted,
 * and what names a file with a secret in it, counts only from elsewhere.
 */
#ifndef SMIDGIT_HTTP_SETTINGS_H
#define SMIDGIT_HTTP_SETTINGS_H

#include "client/connection.h"

/* Makes it known, by values that nobody can say, what the command line leaves to settings. */
void http_settings_defaults(struct connection *connection);

/* For who has no repository: reads the settings of machine, user and command line into CONNECTION,
 * and makes ARGUMENT of the command line a URL, as insteadOf says, until connection_url_end(). 0 or
 * -1. */
int http_settings_url(struct connection *connection, char *argument, struct url *url,
                      struct fault *fault);
void http_settings_close(struct connection *connection); /* nothing read is fine */

/* Puts what SETTINGS say of URL into OUT, which has what the command line says in it, and lives no
 * longer than they. Warns, once a CONNECTION, of what is not verified, and of what is not heeded.
 * 0 or -1. */
int http_settings_apply(struct settings *settings, const struct url *url,
                        struct connection *connection, struct http_session_options *out,
                        struct fault *fault);

#endif
