/* SPDX-License-Identifier: MIT */
/* The commands that this build has. */
#ifndef SMIDGIT_COMMANDS_H
#define SMIDGIT_COMMANDS_H

#include "cmd/command.h"

extern const struct command clone_command, init_command, fetch_command, pull_command,
    checkout_command, reset_command, status_command, clean_command, log_command, branch_command,
    rev_parse_command, config_command, remote_command, export_command, ls_remote_command,
    explain_command, credential_command, credential_store_command, credential_keyring_command,
    version_command, help_command;

/* Ends with NULL. */
extern const struct command *const commands[];

#endif
