/* SPDX-License-Identifier: MIT */
/* How a server is talked to, and what a pack that comes from it may cost. */
#ifndef SMIDGIT_TRANSFER_H
#define SMIDGIT_TRANSFER_H

#include "client/connection.h"

struct transfer {
    struct connection connection;
    uint64_t memory, unpacked_max; /* bytes; 0: see receive.h */
    unsigned long threads;         /* 0: one a processor */
    bool no_sync;                  /* do not wait for the disk */
    bool no_resume;                /* nothing is kept for a later run, nor taken over */
};

#endif
