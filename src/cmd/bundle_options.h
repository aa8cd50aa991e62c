/* SPDX-License-Identifier: MIT */
/* What clone alone is told of bundles. A build can go without. */
#ifndef SMIDGIT_BUNDLE_OPTIONS_H
#define SMIDGIT_BUNDLE_OPTIONS_H

#include "cmd/json_output.h"

/* --bundle-uri, then json_transfer_options: rows of a struct download. */
extern const struct option bundle_options[];

#endif
