/* SPDX-License-Identifier: MIT */
/* smidgit help */
#include "cmd/commands.h"
#include "proto/url.h"

#include <string.h>

static int run(void *self, int count, char **arguments, struct fault *fault)
{
    (void)self;
    if (count > 0) {
        for (const struct command *const *command = commands; *command; command++)
            if (strcmp((*command)->name, arguments[0]) == 0) {
                command_help(*command);
                return 0;
            }
        return fault_set(fault, FAULT_USAGE, "'%s' is not a smidgit command",
                         url_shown(arguments[0]));
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
