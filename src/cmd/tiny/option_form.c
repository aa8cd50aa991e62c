/* SPDX-License-Identifier: MIT */
/* The manual page says it. */
#include "cmd/option_form.h"

const char *option_form(enum option_kind kind)
{
    (void)kind;
    return "";
}
