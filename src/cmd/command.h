/* SPDX-License-Identifier: MIT */
/* What a command is, and the way that all of them go: defaults, options, help or work. */
#ifndef SMIDGIT_COMMAND_H
#define SMIDGIT_COMMAND_H

#include "cmd/options.h"

struct command {
    const char *name;
    const char *summary;          /* one line for `smidgit help` */
    const char *usage;            /* "clone [-b NAME] ... URL [DIR]" */
    const struct option *options; /* NULL: every word is an argument */
    unsigned size;                /* of the struct that the options are written into */
    bool reads_words;             /* it reads all words itself; the options are for the help */
    void (*defaults)(void *self, struct fault *fault); /* what stands there before; NULL: zeros */
    int (*run)(void *self, int count, char **arguments, struct fault *fault); /* 0, or -1 with a
                                                                                 fault */
};

/* The command NAME of this build; NULL with FAULT_USAGE. */
const struct command *command_find(const char *name, struct fault *fault);

/* ARGV[0] is the command's name. *JSON: the options ask for JSON. 0, or -1 with a fault. */
int command_run(const struct command *command, int argc, char **argv, bool *json,
                struct fault *fault);

/* Prints the usage and options of COMMAND to stdout. */
void command_help(const struct command *command);

#endif
