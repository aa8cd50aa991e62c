/* SPDX-License-Identifier: MIT */
#include "cmd/bundle_options.h"

const struct option bundle_options[] = {
    {"bundle-uri", 0, OPTION_TEXT, offsetof(struct download, bundle_uri), .word = "URL",
     .help = "begin with the bundle at URL (not static, tiny)"},
    {.kind = OPTION_REST,
     .offset = offsetof(struct download, transfer),
     .rest = json_transfer_options},
};
