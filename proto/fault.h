/* SPDX-License-Identifier: MIT */
/* What went wrong: one sentence and a class.
 *
 * A leaf states the fact, the offset, what was expected and what it got; each boundary puts its
 * purpose in front with fault_wrap(). The first failure sticks, so callers may check once.
 */
#ifndef SMIDGIT_FAULT_H
#define SMIDGIT_FAULT_H

#include <stddef.h>

/* The class is the program's exit code; the README's table is made from these lines. */
enum fault_class {
    FAULT_NONE = 0,        /* done */
    FAULT_NO = 1,          /* the answer is no (where git answers 1) */
    FAULT_USAGE = 2,       /* the command line is wrong */
    FAULT_NETWORK = 3,     /* no connection, a timeout, a connection that broke */
    FAULT_TLS = 4,         /* the server could not prove who it is, or TLS failed */
    FAULT_AUTH = 5,        /* credentials missing or refused */
    FAULT_REFUSED = 6,     /* the server understood and refused */
    FAULT_PROTOCOL = 7,    /* protocol violated, or corrupt data */
    FAULT_LOCAL = 8,       /* local files: cannot read, write or create */
    FAULT_LIMIT = 9,       /* a limit was reached, or memory ran out */
    FAULT_INTERRUPTED = 10 /* stopped by a signal */
};

enum { FAULT_TEXT = 1024 }; /* bytes of a sentence, with its NUL */

struct fault {
    enum fault_class class;
    char text[FAULT_TEXT];
};

#if defined(__GNUC__)
#define FAULT_PRINTF(text, first) __attribute__((__format__(__printf__, text, first)))
#else
#define FAULT_PRINTF(text, first)
#endif

/* Forgets whatever FAULT says. */
void fault_clear(struct fault *fault);

/* States a fault unless one is stated already (the first failure wins). Control bytes in the
 * formatted text are put in caret form. Returns -1, so that `return fault_set(...)` fails. */
int fault_set(struct fault *fault, enum fault_class class, const char *format, ...)
    FAULT_PRINTF(3, 4);

/* Puts "PURPOSE: " in front of the sentence. When both do not fit, purposes are cut from the left
 * and the leaf stays whole. Nothing happens when no fault is stated. Returns -1. */
int fault_wrap(struct fault *fault, const char *format, ...) FAULT_PRINTF(2, 3);

#endif
