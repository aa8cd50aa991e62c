/* SPDX-License-Identifier: MIT */
/* What the command lines of clone and export share. Both structs begin with a struct download. */
#ifndef SMIDGIT_DOWNLOAD_OPTIONS_H
#define SMIDGIT_DOWNLOAD_OPTIONS_H

#include "client/download.h"
#include "cmd/transfer_options.h"

/* download_open(), as a command's defaults. */
void download_options_defaults(void *download, struct fault *fault);

/* After options_parse(): takes the URL, and the DIRECTORY that was named if it is not NULL, and
 * checks all that is of the struct transfer. 0 or -1. */
int download_options_ready(struct download *download, char *url, const char *directory);

#endif
