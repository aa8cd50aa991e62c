/* SPDX-License-Identifier: MIT */
/* What went wrong: one sentence and a class. FAULT_HINT may stand behind the sentence, and a hint
 * behind that.
 *
 * A leaf states the fact, the offset, what was expected and what it got; each boundary puts its
 * purpose in front with fault_wrap(). The first failure sticks, so callers may check once.
 */
#ifndef PROTO_FAULT_H
#define PROTO_FAULT_H

#include <stddef.h>

/* What kind of failure it is, for who decides how to go on. */
enum fault_class {
    FAULT_NONE,
    FAULT_NO,         /* no failure: the answer to what was asked is no */
    FAULT_USAGE,      /* what the user asked for makes no sense */
    FAULT_NETWORK,    /* no connection, a timeout, a connection that broke */
    FAULT_TLS,        /* the server could not prove who it is, or TLS failed */
    FAULT_AUTH,       /* credentials are missing or were refused */
    FAULT_REFUSED,    /* the server understood and refused */
    FAULT_PROTOCOL,   /* the protocol was violated, or data is corrupt */
    FAULT_LOCAL,      /* local files cannot be read, written or created */
    FAULT_LIMIT,      /* a limit was reached, or memory ran out */
    FAULT_INTERRUPTED /* stopped by a signal */
};

#define FAULT_HINT "\nhint: "
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
