/* SPDX-License-Identifier: MIT */
#include "cmd/command.h"

#include "cmd/commands.h"
#include "cmd/json_output.h"
#include "cmd/missing_command.h"

#include <stdlib.h>
#include <string.h>

void command_help(const struct command *command)
{
    printf("usage: smidgit %s\n\n%s\n\n", command->usage, command->summary);
    options_help(command->options, stdout);
}

const struct command *command_find(const char *name, struct fault *fault)
{
    for (const struct command *const *command = commands; *command; command++)
        if (strcmp((*command)->name, name) == 0)
            return *command;
    missing_command(name, fault);
    return NULL;
}

int command_run(const struct command *command, int argc, char **argv, bool *json,
                struct fault *fault)
{
    int count = argc - 1, rc = 0;
    bool help = false;
    void *self = calloc(1, command->size);
    if (self == NULL && command->size > 0)
        return fault_set(fault, FAULT_LIMIT, "no memory to begin with");
    if (command->defaults)
        command->defaults(self, fault);
    if (command->options && !command->reads_words)
        rc = options_parse(argc, argv, command->options, self, &count, &help, fault);
    *json = json_wanted(command, self);
    if (rc == 0 && help)
        command_help(command);
    else if (rc == 0)
        rc = command->run(self, count, argv + 1, fault);
    free(self);
    return rc;
}
