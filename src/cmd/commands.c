/* SPDX-License-Identifier: MIT */
#include "cmd/main.h"

const struct command *const main_commands[] = {
    &command_clone, &command_export, &command_ls_remote, &command_version, &command_help, NULL,
};
