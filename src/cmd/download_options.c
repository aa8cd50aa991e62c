/* SPDX-License-Identifier: MIT */
#include "cmd/download_options.h"

#include <string.h>

const struct option download_options[] = {
    {"mem", 0, OPTION_SIZE, offsetof(struct download, memory), .word = "SIZE",
     .help = "memory to use at most, like 24m"},
    {"max-unpacked", 0, OPTION_SIZE, offsetof(struct download, unpacked_max), .word = "SIZE",
     .help = "take packs whose deltas make at most SIZE bytes"},
    {"threads", 0, OPTION_NUMBER, offsetof(struct download, threads), .word = "N",
     .help = "threads to work with (one a processor)"},
    {"no-sync", 0, OPTION_FLAG, offsetof(struct download, no_sync),
     .help = "do not wait for the disk (what can be made again)"},
    {.kind = OPTION_REST, .offset = offsetof(struct download, connection), .rest = server_options},
};

void download_options_defaults(void *download, struct fault *fault)
{
    download_open(download, fault);
}

int download_options_directory(struct download *download, const char *directory)
{
    if (strlen(directory) >= sizeof download->directory || directory[0] == '\0')
        return fault_set(download->fault, FAULT_USAGE, "'%.40s' is no usable directory name",
                         directory);
    strcpy(download->directory, directory);
    return 0;
}
