/* SPDX-License-Identifier: MIT */
/* A signal that ends the program, seen by whatever waits or takes long. */
#ifndef SMIDGIT_INTERRUPT_H
#define SMIDGIT_INTERRUPT_H

#include <signal.h>

/* Set by main's signal handler, as handlers can reach nothing else. Whoever finds it set fails with
 * FAULT_INTERRUPTED. */
extern volatile sig_atomic_t interrupt_seen;

/* Sets ACTION for SIGNAL, unless that is ignored, which it then stays (nohup). *BEFORE is what it
 * was. */
void interrupt_catch(int signal, const struct sigaction *action, struct sigaction *before);

#endif
