/* SPDX-License-Identifier: MIT */
/* What gets the files onto a machine that has nothing. */
#include "cmd/commands.h"

const struct command *const commands[] = {
    &clone_command, &export_command, &version_command, &help_command, NULL,
};
