/* SPDX-License-Identifier: MIT */
#include "client/proxy_settings.h"

#include "client/credential_settings.h"
#include "client/url_settings.h"
#include "system/wipe.h"

#include <stdlib.h>
#include <string.h>

int proxy_settings_use(const struct settings *settings, const struct url *url,
                       struct http_session_options *out, struct fault *fault)
{
    struct cred_options *cred = &out->custom->proxy_cred;
    struct proxy_choice choice = proxy_choose(&out->custom->proxy_setting, url);
    struct url_settings for_proxy;
    struct url proxy;
    enum proxy_kind kind;
    cred->password_fd = -1;
    if (choice.said == NULL)
        return 0;
    size_t size = PROXY_ROOM(choice.said);
    char *room = malloc(size);
    if (room == NULL)
        return fault_set(fault, FAULT_LIMIT, "no memory for a URL");
    int rc = proxy_parse(&choice, room, &kind, &proxy, fault);
    if (rc == 0)
        rc = url_settings_open(&for_proxy, settings, &proxy, fault);
    if (rc == 0) {
        rc = credential_settings_use(&for_proxy, out->limits.idle_ms, false, cred, fault);
        url_settings_close(&for_proxy);
    }
    wipe(room, size);
    free(room);
    return rc;
}
