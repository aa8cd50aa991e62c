/* SPDX-License-Identifier: MIT */
/* No command of this build reads settings, or works in a repository that is there. */
#include "cmd/global_options.h"

int global_options(int argc, char **argv, struct fault *fault)
{
    (void)argc;
    (void)argv;
    (void)fault;
    return 0;
}
