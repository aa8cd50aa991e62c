/* SPDX-License-Identifier: MIT */
/* For commands that need no repository: a remote of the one that they run in. */
#ifndef SMIDGIT_REMOTE_HERE_H
#define SMIDGIT_REMOTE_HERE_H

#include "client/connection.h"
#include "proto/url.h"
#include "repo/repository.h"

struct remote_here {
    struct repository repository;
    bool open;
};

/* The remote NAME of the repository of the current directory, or when that is NULL the one that its
 * branch follows: 1, with *URL, until connection_url_end(), and with what the command line and the
 * repository's settings say of it in CONNECTION. 0: NAME is none here. -1. remote_here_close()
 * follows. */
int remote_here_open(struct remote_here *here, const char *name, struct connection *connection,
                     struct url *url, struct fault *fault);
void remote_here_close(struct remote_here *here); /* zeros are fine */

#endif
