/* SPDX-License-Identifier: MIT */
#include "cmd/download_options.h"

#include <string.h>

void download_options_defaults(void *download, struct fault *fault)
{
    download_open(download, fault);
}

int download_options_ready(struct download *download, char *url, const char *directory)
{
    if (directory && (strlen(directory) >= sizeof download->directory || directory[0] == '\0'))
        return fault_set(download->fault, FAULT_USAGE, "'%.40s' is no usable directory name",
                         directory);
    if (download->take.branch && !*download->take.branch)
        return fault_set(download->fault, FAULT_USAGE, "option '--%s' requires a value", "branch");
    if (directory)
        strcpy(download->directory, directory);
    return server_options_open(&download->transfer.connection, url, &download->url,
                               download->fault);
}
