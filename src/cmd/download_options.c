/* SPDX-License-Identifier: MIT */
#include "cmd/download_options.h"

#include <string.h>

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
