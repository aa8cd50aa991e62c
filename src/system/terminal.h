/* SPDX-License-Identifier: MIT */
#ifndef SMIDGIT_TERMINAL_H
#define SMIDGIT_TERMINAL_H

/* Characters that fit in a row of the terminal on stderr without reaching its end, where a row more
 * would begin. INT_MAX when it is none, or does not say. */
int terminal_columns(void);

#endif
