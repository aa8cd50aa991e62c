/* SPDX-License-Identifier: MIT */
/* --json: what clone, export, fetch and ls-remote tell programs, an object a line on stdout. A
 * build can go without. */
#ifndef SMIDGIT_JSON_OUTPUT_H
#define SMIDGIT_JSON_OUTPUT_H

#include "client/download.h"
#include "cmd/command.h"
#include "cmd/transfer_options.h"

/* --json, then the rows of a struct transfer. */
extern const struct option json_transfer_options[];

/* What COMMAND has fetched, if its options ask for that. 0, or -1 without memory. */
int json_download(const struct download *download, const char *command);

/* Whether COMMAND's options, in SELF, ask for JSON. */
bool json_wanted(const struct command *command, void *self);

/* Tells of FAULT, of HINT unless it is NULL, and the exit code. */
void json_failure(const struct fault *fault, const char *hint, int exit_code);

#endif
