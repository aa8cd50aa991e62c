/* SPDX-License-Identifier: MIT */
#include "system/terminal.h"

#include <limits.h>
#include <sys/ioctl.h>
#include <unistd.h>

int terminal_columns(void)
{
    struct winsize size;
    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) < 0 || size.ws_col < 2)
        return INT_MAX;
    return size.ws_col - 1;
}
