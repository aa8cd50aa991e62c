/* SPDX-License-Identifier: MIT */
/* How a server is to be talked to: what every command that needs one is told. */
#ifndef SMIDGIT_CONNECTION_H
#define SMIDGIT_CONNECTION_H

#include "remote/remote.h"
#include "repo/settings.h"
#include "system/list.h"

struct connection {
    struct remote_options remote;
    struct trace trace;
    const char *trace_target;
    struct list resolve;
    const char *cert, *key; /* --cert and --key, or NULL */
    const char *proxy;      /* --proxy, or NULL */
    const char *auth;       /* --auth basic or bearer, or NULL */
    const char *protocol;   /* --protocol 0 or 2, or NULL */
    bool quiet, verbose, progress, json;
    bool warned; /* of what settings say: once is enough */
    uint64_t refs_max, min_rate;
    struct settings settings; /* of who has no repository */
    struct http_custom custom;
    const char *said_url; /* the URL as it was given, in SETTINGS, where another stands for it */
    uint64_t limit_rate;  /* --limit-rate, or 0 */
    const char *retry;    /* --retry: a number, or NULL */
};

/* Closes the trace and lets go of the settings. */
void connection_close(struct connection *connection);

/* The defaults, from the environment too (SMIDGIT_TRACE). */
void connection_defaults(struct connection *connection);

/* ARGUMENT of the command line as URL, until connection_url_end(). Whoever lists processes sees its
 * password no longer (C1). 0 or -1. */
int connection_url(char *argument, struct url *url, struct fault *fault);

/* Overwrites the password. A URL of zeros is fine. */
void connection_url_end(struct url *url);

#endif
