/* SPDX-License-Identifier: MIT */
#include "system/terminal.h"

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

void terminal_line(const char *line, int *columns)
{
    struct winsize size;
    const char *term = getenv("TERM");
    int before = *columns;
    bool known = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1;
    *columns = known ? size.ws_col - 1 : INT_MAX;
    /* A terminal that became narrower has broken the line: its other rows are below. */
    if (*columns < before && term && strcmp(term, "dumb") != 0)
        fputs("\033[J", stderr);
    fprintf(stderr, "%.*s\r", *columns, line);
}
