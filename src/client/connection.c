/* SPDX-License-Identifier: MIT */
#include "client/connection.h"

#include "client/http_settings.h"
#include "system/wipe.h"

#include <stdlib.h>
#include <string.h>

void connection_defaults(struct connection *connection)
{
    *connection = (struct connection){
        .remote.session = {.limits = net_defaults, .cred = {.password_fd = -1}},
        .trace_target = getenv("SMIDGIT_TRACE"),
        .min_rate = net_defaults.rate,
    };
    http_settings_defaults(connection);
}

void connection_close(struct connection *connection)
{
    trace_close(&connection->trace);
    http_settings_close(connection);
}

int connection_url(char *argument, struct url *url, struct fault *fault)
{
    size_t size = strlen(argument) + 1;
    char *room = malloc(size);
    int rc = room ? url_parse(argument, room, url, fault)
                  : fault_set(fault, FAULT_LIMIT, "no memory for a URL");
    if (url_hide_password(argument))
        wipe_guard();
    if (rc < 0 && room) {
        wipe(room, size);
        free(room);
    }
    return rc;
}

void connection_url_end(struct url *url)
{
    if (url->room)
        wipe(url->password, strlen(url->password));
    free(url->room);
    url->room = NULL;
}
