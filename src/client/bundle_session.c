/* SPDX-License-Identifier: MIT */
#include "client/bundle_session.h"

#include "client/http_settings.h"

/* Whether TEXT stands in the settings, rather than on the command line. */
static bool is_setting(const struct settings *settings, const char *text)
{
    for (size_t i = 0; i < settings->count; i++)
        if (settings->all[i].value == text)
            return true;
    return false;
}

int bundle_session(struct download *download, const struct url *url, struct connection *connection,
                   struct http_session_options *out, struct fault *fault)
{
    struct settings *settings = &download->transfer.connection.settings;
    const struct http_custom *before = &download->transfer.connection.custom;
    *connection = download->transfer.connection;
    *out = connection->remote.session;
    connection->cert = connection->key = NULL;
    connection->warned = true;
    out->protocol = 0;
    out->tls.insecure = out->tls.insecure && !before->insecure_here;
    if (out->tls.ca_said_by)
        out->tls.ca_file = out->tls.ca_said_by = NULL;
    if (is_setting(settings, out->tls.pins))
        out->tls.pins = NULL;
    if (http_settings_apply(settings, url, connection, out, fault) < 0)
        return -1;
    out->cred = (struct cred_options){.password_fd = -1, .no_prompt = true};
    out->allow_http_auth = false;
    out->custom->cert_file = out->custom->key_file = NULL;
    out->custom->extra_count = 0;
    return 0;
}
