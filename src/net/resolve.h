/* SPDX-License-Identifier: MIT */
/* Host names to addresses: --resolve first, then the C library's resolver. */
#ifndef SMIDGIT_RESOLVE_H
#define SMIDGIT_RESOLVE_H

#include "proto/fault.h"
#include "system/list.h"

#include <sys/socket.h>

enum { RESOLVE_MAX = 16 }; /* addresses of one name that are tried */

struct resolve_address {
    struct sockaddr_storage storage;
    socklen_t size;
};

/* Whether each rule has curl's form, HOST:PORT:ADDRESS[,ADDRESS]...; HOST may be "*", an address of
 * version 6 may stand in brackets. 0, or -1 and FAULT_USAGE. */
int resolve_validate(const struct list *rules, struct fault *fault);

/* What the first of RULES (NULL: none) that fits says of HOST and PORT: its addresses; or NULL. */
const char *resolve_said(const char *host, unsigned port, const struct list *rules);

/* The addresses of HOST and PORT: those of the first of RULES (NULL: none) that fits, else the
 * resolver's. 0, or -1 with FAULT_NETWORK (no such name), FAULT_LIMIT or FAULT_INTERRUPTED; the
 * sentence begins with "cannot connect to PEER". */
int resolve(const char *host, unsigned port, const char *peer, const struct list *rules,
            struct resolve_address out[RESOLVE_MAX], size_t *count, struct fault *fault);

#endif
