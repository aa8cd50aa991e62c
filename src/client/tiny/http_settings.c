/* SPDX-License-Identifier: MIT */
/* No command of this build reads settings. */
#include "client/http_settings.h"

void http_settings_defaults(struct connection *connection)
{
    (void)connection;
}

int http_settings_url(struct connection *connection, char *argument, struct url *url,
                      struct fault *fault)
{
    (void)connection;
    return connection_url(argument, url, fault);
}

void http_settings_close(struct connection *connection)
{
    (void)connection;
}

int http_settings_apply(struct settings *settings, const struct url *url,
                        struct connection *connection, struct http_session_options *out,
                        struct fault *fault)
{
    (void)settings;
    (void)url;
    (void)connection;
    (void)out;
    (void)fault;
    return 0;
}
