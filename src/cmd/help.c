/* SPDX-License-Identifier: MIT */
/* smidgit help */
#include "cmd/commands.h"

#include <string.h>

static int run(void *self, int count, char **arguments, struct fault *fault)
{
    (void)self;
    if (count > 0) {
        const struct command *command = command_find(arguments[0], fault);
        if (command)
            command_help(command);
        return command ? 0 : -1;
    }
    puts("usage: smidgit [-C DIRECTORY] [-c NAME=VALUE] COMMAND [OPTION...]\n");
    /* Which helpers there are, those who write settings look up. */
    for (const struct command *const *command = commands; *command; command++)
        if (strncmp((*command)->name, "credential", 10) != 0)
            printf("  %-10s %s\n", (*command)->name, (*command)->summary);
    puts("\n'smidgit help COMMAND' shows a command's options.");
    return 0;
}

const struct command help_command = {
    .name = "help",
    .summary = "show help, also for one command",
    .usage = "help [COMMAND]",
    .run = run,
};
