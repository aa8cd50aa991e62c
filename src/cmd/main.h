/* SPDX-License-Identifier: MIT */
/* The command table, and what every command shares. */
#ifndef SMIDGIT_MAIN_H
#define SMIDGIT_MAIN_H

#include "proto/fault.h"

#include <stdbool.h>

struct command {
    const char *name;
    int (*run)(int argc, char **argv, struct fault *fault); /* argv[0] is the command's name. 0, or
                                                                -1 with a fault */
    const char *summary;                                    /* one line for `smidgit help` */
    const char *usage;                                      /* "clone [-b NAME] ... URL [DIR]" */
    const char *options; /* one line an option, for `smidgit help COMMAND` */
    bool connects;       /* has the options of cmd/server_options.h too */
};
extern const struct command command_clone, command_export, command_ls_remote, command_version,
    command_help;

/* Ends with NULL. */
extern const struct command *const main_commands[];

/* Prints the usage and options of COMMAND to stdout. Returns 0. */
int main_help(const struct command *command);

#endif
