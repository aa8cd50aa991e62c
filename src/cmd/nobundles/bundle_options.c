/* SPDX-License-Identifier: MIT */
#include "cmd/bundle_options.h"

const struct option bundle_options[] = {
    {.kind = OPTION_REST,
     .offset = offsetof(struct download, transfer),
     .rest = json_transfer_options},
};
