/* SPDX-License-Identifier: MIT */
#include "system/interrupt.h"

volatile sig_atomic_t interrupt_seen;
