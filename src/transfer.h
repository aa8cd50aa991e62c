/* SPDX-License-Identifier: MIT */
/* What clone and export share: references chosen, one pack fetched into a staging directory. */
#ifndef SMIDGIT_TRANSFER_H
#define SMIDGIT_TRANSFER_H

#include "connect.h"
#include "hash.h"
#include "mapping.h"
#include "odb.h"
#include "pathset.h"
#include "repo.h"
#include "shallow.h"

struct transfer {
    struct connect connect;
    struct mapping_options take;
    unsigned long depth, threads;
    uint64_t memory;
    bool no_sync;
    struct url url;
    char directory[4096];
    /* what is found out and made on the way */
    const struct hash_ops *hash;
    struct remote *remote;
    struct remote_refs refs;
    struct mapping mapping;
    struct shallow_list shallow;
    struct repo_stage stage; /* the caller opens it; transfer_close() closes it */
    struct odb *odb;
    struct fault *fault;
};

/* The rows for options_parse(), those of connect.h included, and the help text. */
#define TRANSFER_OPTIONS(transfer)                           \
    {0, "mem", OPTION_SIZE, &(transfer)->memory},            \
        {0, "threads", OPTION_NUMBER, &(transfer)->threads}, \
        {0, "no-sync", OPTION_FLAG, &(transfer)->no_sync}, CONNECT_OPTIONS(&(transfer)->connect)
#define TRANSFER_HELP                                                     \
    "  --mem SIZE               memory to use at most, like 24m\n"        \
    "  --threads N              threads to work with (one a processor)\n" \
    "  --no-sync                do not wait for the disk (what can be made again)\n"

/* Defaults. Whatever happens then, transfer_close() follows. */
void transfer_open(struct transfer *transfer, struct fault *fault);
void transfer_close(struct transfer *transfer);

/* Connects, lists the references, chooses among them: hash, refs and mapping are set. 0 or -1. */
int transfer_list(struct transfer *transfer);

/* Fetches what the mapping wants into the stage's git_dir and opens the odb; nothing at all of an
 * empty repository. Faults of the server begin with COMMAND and the URL. 0 or -1. */
int transfer_fetch(struct transfer *transfer, const char *command);

/* Writes the files of the mapping's HEAD into the stage's work_dir: all, or those of PATHS; and the
 * index into GIT_DIR unless that is -1. 0 or -1. */
int transfer_checkout(struct transfer *transfer, int git_dir, struct pathset *paths);

#endif
