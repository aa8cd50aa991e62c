/* SPDX-License-Identifier: MIT */
/* What fetch and pull share: options, and the fetch itself. */
#ifndef SMIDGIT_FETCH_COMMAND_H
#define SMIDGIT_FETCH_COMMAND_H

#include "client/fetch.h"
#include "cmd/options.h"

struct fetch_command {
    struct fetch fetch;
    struct repository repository;
    bool tags, no_tags, all, unshallow, no_prune;
    unsigned long deepen;
    const char *shallow_since;
    const char *verb;  /* "fetch", "pull": how reflogs begin */
    char since[32];    /* as the protocol has it */
    char action[1024]; /* of the reflogs */
};

/* The rows of a struct fetch_command. */
extern const struct option fetch_options[];

void fetch_command_defaults(void *command, struct fault *fault);

/* Fetches as the options and ARGUMENTS say; the repository stays open. fetch_command_close()
 * follows, whatever happened. 0 or -1. */
int fetch_command_run(struct fetch_command *command, int count, char **arguments);
void fetch_command_close(struct fetch_command *command);

#endif
