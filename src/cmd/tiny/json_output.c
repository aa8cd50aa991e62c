/* SPDX-License-Identifier: MIT */
/* Who has room for a JSON parser has room for `make static`. */
#include "cmd/json_output.h"

const struct option json_transfer_options[] = {
    {.kind = OPTION_REST, .rest = transfer_options},
};

int json_download(const struct download *download, const char *command)
{
    (void)download;
    (void)command;
    return 0;
}

bool json_wanted(const struct command *command, void *self)
{
    (void)command;
    (void)self;
    return false;
}

void json_failure(const struct fault *fault, const char *hint, int exit_code)
{
    (void)fault;
    (void)hint;
    (void)exit_code;
}
