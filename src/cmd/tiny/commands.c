/* SPDX-License-Identifier: MIT */
/* What gets the files onto a machine that has nothing. */
#include "cmd/main.h"

const struct command *const main_commands[] = {
    &command_clone, &command_export, &command_version, &command_help, NULL,
};
