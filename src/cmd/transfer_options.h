/* SPDX-License-Identifier: MIT */
/* Options of every command that receives a pack. */
#ifndef SMIDGIT_TRANSFER_OPTIONS_H
#define SMIDGIT_TRANSFER_OPTIONS_H

#include "client/transfer.h"
#include "cmd/server_options.h"

/* The rows of a struct transfer, those of its connection included: the rest of a command's table.
 */
extern const struct option transfer_options[];

#endif
