/* SPDX-License-Identifier: MIT */
/* Of four commands a list is quickly read. */
#include "cmd/missing_command.h"

#include "proto/url.h"

int missing_command(const char *name, struct fault *fault)
{
    return fault_set(fault, FAULT_USAGE, "'%s' is not a smidgit command. See 'smidgit help'.",
                     url_shown(name));
}
