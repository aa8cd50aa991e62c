/* SPDX-License-Identifier: MIT */
/* On a narrow terminal a line of progress breaks. */
#include "system/terminal.h"

#include <stdio.h>

void terminal_line(const char *line, int *columns)
{
    (void)columns;
    fprintf(stderr, "%s\r", line);
}
