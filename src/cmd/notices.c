/* SPDX-License-Identifier: MIT */
/* Libraries are shared and bring their own notices. */
#include "cmd/notices.h"

const char notices[] = "";
