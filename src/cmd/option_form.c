/* SPDX-License-Identifier: MIT */
#include "cmd/option_form.h"

const char *option_form(enum option_kind kind)
{
    switch (kind) {
    case OPTION_NUMBER:
        return ": it takes a number, 1 or more";
    case OPTION_FD:
        return ": it takes the number of an open file, such as 3";
    case OPTION_SIZE:
        return ": it takes bytes, or a size such as 500k, 64m or 2g";
    case OPTION_SECONDS:
        return ": it takes seconds, such as 30 or 0.5";
    case OPTION_LIST:
        return ": it has been given too often";
    default:
        return "";
    }
}
