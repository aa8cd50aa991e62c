/* SPDX-License-Identifier: MIT */
#ifndef SMIDGIT_TERMINAL_H
#define SMIDGIT_TERMINAL_H

/* Writes LINE, which the next one is to overwrite, to stderr: of a terminal at most one row,
 * without its end, where the next would begin. *COLUMNS has what there was room for, 0 at first. */
void terminal_line(const char *line, int *columns);

#endif
