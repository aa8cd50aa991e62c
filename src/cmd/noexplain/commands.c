/* SPDX-License-Identifier: MIT */
/* All but explain, whose words would be 5% of the file. */
#include "cmd/commands.h"

const struct command *const commands[] = {
    &clone_command,
    &init_command,
    &fetch_command,
    &pull_command,
    &checkout_command,
    &reset_command,
    &status_command,
    &clean_command,
    &log_command,
    &branch_command,
    &rev_parse_command,
    &remote_command,
    &config_command,
    &export_command,
    &ls_remote_command,
    &credential_command,
    &credential_store_command,
    &credential_keyring_command,
    &version_command,
    &help_command,
    NULL,
};
