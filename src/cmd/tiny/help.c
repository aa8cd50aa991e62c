/* SPDX-License-Identifier: MIT */
/* smidgit help, where four commands need no list that is cut. */
#include "cmd/commands.h"

static int run(void *self, int count, char **arguments, struct fault *fault)
{
    (void)self;
    if (count > 0) {
        const struct command *command = command_find(arguments[0], fault);
        if (command)
            command_help(command);
        return command ? 0 : -1;
    }
    puts("usage: smidgit COMMAND [OPTION...]\n\nA git client for HTTPS in one small file.\n");
    for (const struct command *const *command = commands; *command; command++)
        printf("  %-12s %s\n", (*command)->name, (*command)->summary);
    puts("\n'smidgit help COMMAND' shows a command's options.");
    return 0;
}

const struct command help_command = {
    .name = "help",
    .summary = "show help, also for one command",
    .usage = "help [COMMAND]",
    .run = run,
};
