/* SPDX-License-Identifier: MIT */
#include "cmd/remote_here.h"

#include "client/http_settings.h"
#include "client/own_remote.h"
#include "cmd/server_options.h"

#include <string.h>

int remote_here_open(struct remote_here *here, const char *name, struct connection *connection,
                     struct url *url, struct fault *fault)
{
    struct repository *repository = &here->repository;
    char room[REFS_NAME_MAX];
    size_t at = 0;
    if (name && strstr(name, "://"))
        return 0;
    here->open = true;
    if (repository_open(repository, fault) < 0) {
        if (name == NULL)
            return fault_wrap(fault, "without a URL");
        if (strpbrk(name, ":/.") == NULL) /* a word, as remotes have it */
            return fault_wrap(fault, "'%.200s' is no URL", name);
        fault_clear(fault);
        return 0;
    }
    if (name == NULL)
        name = own_remote_default(repository, room);
    else if (settings_next(&repository->settings, &at, "remote", name, "url") == NULL)
        return 0;
    if (own_remote_url(repository, name, url, fault) < 0 ||
        server_options_ready(connection, fault) < 0 ||
        http_settings_apply(&repository->settings, url, connection, &connection->remote.session,
                            fault) < 0)
        return -1;
    return 1;
}

void remote_here_close(struct remote_here *here)
{
    if (here->open)
        repository_close(&here->repository);
}
