/* SPDX-License-Identifier: MIT */
#include "system/interrupt.h"

#include <stddef.h>

volatile sig_atomic_t interrupt_seen;

void interrupt_catch(int signal, const struct sigaction *action, struct sigaction *before)
{
    sigaction(signal, NULL, before);
    if (before->sa_handler != SIG_IGN)
        sigaction(signal, action, NULL);
}
