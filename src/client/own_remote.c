/* SPDX-License-Identifier: MIT */
#include "client/own_remote.h"

#include "client/connection.h"
#include "client/remotes.h"
#include "repo/local_refs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *own_remote_default(const struct repository *repository, char room[REFS_NAME_MAX])
{
    const struct settings *settings = &repository->settings;
    char *branch = NULL;
    struct oid oid;
    const char *remote = NULL;
    if (local_ref_file(repository->git_dir, "HEAD", &oid, &branch, repository->fault) == 1 &&
        branch && strncmp(branch, "refs/heads/", 11) == 0)
        remote = settings_text(settings, "branch", branch + 11, "remote");
    free(branch);
    if (remote)
        return remote;
    size_t remotes = 0;
    for (size_t i = 0; i < settings->count; i++) {
        const char *name = settings->all[i].name;
        size_t length = strlen(name);
        if (strncmp(name, "remote.", 7) == 0 && length > 11 && length - 11 < REFS_NAME_MAX &&
            strcmp(name + length - 4, ".url") == 0) {
            snprintf(room, REFS_NAME_MAX, "%.*s", (int)(length - 11), name + 7);
            remotes++;
        }
    }
    return remotes == 1 ? room : "origin";
}

int own_remote_url(const struct repository *repository, const char *name, struct url *url,
                   struct fault *fault)
{
    size_t at = 0;
    const struct setting *configured =
        settings_next(&repository->settings, &at, "remote", name, "url");
    if (configured == NULL && strstr(name, "://") == NULL)
        return fault_set(fault, FAULT_USAGE,
                         "'%.200s' is neither a remote of this repository nor a URL", name);
    char *whole = remotes_url(&repository->settings,
                              configured && configured->value ? configured->value : name);
    if (whole == NULL)
        return fault_set(fault, FAULT_LIMIT, "no memory for a URL");
    int rc = connection_url(whole, url, fault);
    free(whole);
    return rc < 0 ? -1 : configured != NULL;
}
