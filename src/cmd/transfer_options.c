/* SPDX-License-Identifier: MIT */
#include "cmd/transfer_options.h"

const struct option transfer_options[] = {
    {"mem", 0, OPTION_SIZE, offsetof(struct transfer, memory), .word = "SIZE",
     .help = "memory to use at most, like 24m"},
    {"max-unpacked", 0, OPTION_SIZE, offsetof(struct transfer, unpacked_max), .word = "SIZE",
     .help = "take packs whose deltas make at most SIZE bytes"},
    {"threads", 0, OPTION_NUMBER, offsetof(struct transfer, threads), .word = "N",
     .help = "threads to work with (one a processor)"},
    {"no-sync", 0, OPTION_FLAG, offsetof(struct transfer, no_sync),
     .help = "do not wait for the disk (what can be made again)"},
    {.kind = OPTION_REST, .offset = offsetof(struct transfer, connection), .rest = server_options},
};
