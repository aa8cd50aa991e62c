/* SPDX-License-Identifier: MIT */
/* What the command lines of clone and export share. Both structs begin with a struct download. */
#ifndef SMIDGIT_DOWNLOAD_OPTIONS_H
#define SMIDGIT_DOWNLOAD_OPTIONS_H

#include "client/download.h"
#include "cmd/transfer_options.h"

/* download_open(), as a command's defaults. */
void download_options_defaults(void *download, struct fault *fault);

/* Takes the DIRECTORY that was named. 0, or -1 when it is none. */
int download_options_directory(struct download *download, const char *directory);

#endif
