/* SPDX-License-Identifier: MIT */
/* A terminal breaks lines too. */
#include "cmd/hint.h"

#include <stdio.h>

void hint_show(const char *text)
{
    fprintf(stderr, "hint: %s\n", text);
}
