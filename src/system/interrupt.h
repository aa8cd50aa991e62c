/* SPDX-License-Identifier: MIT */
/* A signal that ends the program, seen by whatever waits or takes long. */
#ifndef SMIDGIT_INTERRUPT_H
#define SMIDGIT_INTERRUPT_H

#include <signal.h>

/* The signal, or 0. Set by main's signal handler, as handlers can reach nothing else. Whoever finds
 * it set fails with FAULT_INTERRUPTED. */
extern volatile sig_atomic_t interrupt_seen;

/* Sets ACTION for SIGNAL, and *BEFORE to the action it had. A signal that was ignored is left so:
 * that is how nohup works. */
void interrupt_catch(int signal, const struct sigaction *action, struct sigaction *before);

#endif
