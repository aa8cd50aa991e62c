/* SPDX-License-Identifier: MIT */
#include "client/credential_settings.h"
#include "repo/setting_value.h"

#include <limits.h>
#include <stdio.h>

/* All that are for this URL, in their order; an empty one takes back those before it. */
static int use_helpers(const struct url_settings *here, bool warn, struct cred_options *options,
                       struct fault *fault)
{
    struct list *commands = &options->helpers.commands;
    const struct setting *setting;
    bool local = false;
    commands->count = 0;
    for (size_t at = 0; (setting = url_settings_next(here, "credential", "helper", URL_SETTINGS_ALL,
                                                     &at, NULL)) != NULL;) {
        if (setting->value == NULL || *setting->value == '\0')
            commands->count = 0;
        else if (setting->scope == SETTINGS_LOCAL)
            local = true;
        else if (commands->count == LIST_MAX)
            return fault_set(fault, FAULT_LIMIT, "credential.helper: over %d values", LIST_MAX);
        else
            commands->items[commands->count++] = setting->value;
    }
    if (local && warn)
        fputs("warning: credential.helper of the repository itself is not used: it would run a "
              "program (config --global sets your own)\n",
              stderr);
    return 0;
}

static const struct setting *last(const struct url_settings *here, const char *key)
{
    const struct setting *found = NULL, *next;
    for (size_t at = 0;
         (next = url_settings_next(here, "credential", key, URL_SETTINGS_ALL, &at, NULL)) != NULL;)
        found = next;
    return found;
}

int credential_settings_use(const struct url_settings *settings, unsigned idle_ms, bool warn,
                            struct cred_options *cred, struct fault *fault)
{
    enum {
        PATIENCE = 10 /* times --idle-timeout: some helpers send the user to a web page first */
    };
    const struct setting *user = last(settings, "username");
    cred->configured_user = user ? user->value : NULL;
    cred->helpers.wait_ms = idle_ms < INT_MAX / PATIENCE ? PATIENCE * (int)idle_ms : INT_MAX;
    if (use_helpers(settings, warn, cred, fault) < 0)
        return -1;
    return setting_flag(last(settings, "usehttppath"), false, &cred->helpers.use_path, fault);
}
