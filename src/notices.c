/* SPDX-License-Identifier: MIT */
/* Libraries are shared and bring their own notices. */
#include "notices.h"

const char notices[] = "";
