/* SPDX-License-Identifier: MIT */
/* Nothing in this build reads settings. */
#include "cmd/clone_settings.h"

#include "cmd/bundle_options.h"
#include "repo/committer.h"

const struct option clone_settings_options[] = {{.kind = OPTION_REST, .rest = bundle_options}};

int clone_settings_ready(const struct download *download)
{
    (void)download;
    return 0;
}

const char *clone_settings_origin(const struct download *download)
{
    (void)download;
    return "origin";
}

char *clone_settings_who(const struct download *download, char *out, size_t size)
{
    (void)download;
    return committer_format(NULL, NULL, out, size);
}

void clone_settings_warn(const struct download *download)
{
    (void)download;
}

int clone_settings_write(const struct download *download)
{
    (void)download;
    return 0;
}
