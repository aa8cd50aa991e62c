/* SPDX-License-Identifier: MIT */
#include "cmd/clone_settings.h"

#include "cmd/bundle_options.h"
#include "cmd/global_options.h"
#include "repo/committer.h"
#include "repo/config_edit.h"
#include "repo/settings.h"

#include <stdio.h>
#include <string.h>

const struct option clone_settings_options[] = {
    {"config", 'c', OPTION_LIST, offsetof(struct download, settings), .word = "NAME=VALUE",
     .help = "a setting of the new repository (not tiny)"},
    {.kind = OPTION_REST, .rest = bundle_options},
};

/* "NAME" alone means true. */
static int split(const char *text, char name[CONFIG_NAME_MAX], const char **value,
                 struct fault *fault)
{
    char lower[CONFIG_NAME_MAX];
    const char *equals = strchr(text, '=');
    size_t length = equals ? (size_t)(equals - text) : strlen(text);
    snprintf(name, CONFIG_NAME_MAX, "%.*s", length < CONFIG_NAME_MAX ? (int)length : 0, text);
    *value = equals ? equals + 1 : "true";
    return settings_name(name, lower) == 0
               ? 0
               : fault_set(fault, FAULT_USAGE, "option '--config': '%.*s' is no name of a setting",
                           length < 200 ? (int)length : 200, text);
}

int clone_settings_ready(const struct download *download)
{
    char name[CONFIG_NAME_MAX];
    const char *value;
    for (size_t i = 0; i < download->settings.count; i++)
        if (split(download->settings.items[i], name, &value, download->fault) < 0 ||
            global_setting(name, value, download->fault) < 0)
            return -1;
    return 0;
}

const char *clone_settings_origin(const struct download *download)
{
    const struct setting *said =
        settings_find(&download->transfer.connection.settings, "clone.defaultremotename");
    return said && said->value ? said->value : "origin";
}

char *clone_settings_who(const struct download *download, char *out, size_t size)
{
    return committer_configured(&download->transfer.connection.settings, out, size);
}

void clone_settings_warn(const struct download *download)
{
    const char *origin = download->take.origin;
    size_t at = 0;
    if (settings_next(&download->transfer.connection.settings, &at, "remote", origin, "fetch"))
        fprintf(stderr, "warning: remote.%s.fetch counts for a fetch, not for the clone\n", origin);
}

int clone_settings_write(const struct download *download)
{
    char name[CONFIG_NAME_MAX];
    const char *value;
    for (size_t i = 0; i < download->settings.count; i++)
        if (split(download->settings.items[i], name, &value, download->fault) < 0 ||
            config_add(download->stage.git_dir, "config", name, value, download->fault) < 0)
            return -1;
    return 0;
}
