/* SPDX-License-Identifier: MIT */
/* Asking a person: through a program that GIT_ASKPASS or SSH_ASKPASS names, or on /dev/tty. */
#ifndef SMIDGIT_PROMPT_H
#define SMIDGIT_PROMPT_H

#include "proto/fault.h"

#include <stdbool.h>
#include <stddef.h>

/* Runs PROGRAM (no shell) with QUESTION as its one argument. Its answer is a line: one newline at
 * its end is removed, any other CR, LF or NUL refused (C3). 0 or -1 (FAULT_AUTH). */
int prompt_program(const char *program, const char *question, char *answer, size_t size,
                   struct fault *fault);

/* Whether there is a terminal to ask on. */
bool prompt_has_terminal(void);

/* Asks on the terminal, without echo when HIDDEN. A signal while waiting gives the terminal its
 * echo back first and is then delivered; after a stop the question is asked again. 1; 0 when there
 * is no terminal; -1 (FAULT_AUTH, FAULT_INTERRUPTED). */
int prompt_terminal(const char *question, bool hidden, char *answer, size_t size,
                    struct fault *fault);

#endif
