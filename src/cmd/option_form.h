/* SPDX-License-Identifier: MIT */
/* What the value of an option must look like. */
#ifndef SMIDGIT_OPTION_FORM_H
#define SMIDGIT_OPTION_FORM_H

#include "cmd/options.h"

/* ": it takes ...", behind the sentence that refuses another value. */
const char *option_form(enum option_kind kind);

#endif
