/* SPDX-License-Identifier: MIT */
/* What clone and export share: references chosen, one pack fetched into a staging directory. */
#ifndef SMIDGIT_DOWNLOAD_H
#define SMIDGIT_DOWNLOAD_H

#include "client/refmap.h"
#include "client/transfer.h"
#include "objects/odb.h"
#include "proto/hash.h"
#include "receive/receive.h"
#include "repo/shallow.h"
#include "repo/staging.h"
#include "system/list.h"
#include "worktree/pathset.h"

struct download {
    struct transfer transfer;
    struct refmap_options take;
    unsigned long depth;
    struct url url;
    char directory[4096];
    /* what is found out and made on the way */
    const struct hash_ops *hash;
    struct remote *remote;
    struct reflist refs;
    struct refmap refmap;
    struct shallow_list shallow;
    struct staging stage; /* the caller opens it; download_close() closes it */
    struct receive_result received;
    struct odb *odb;
    struct fault *fault;
    const char *bundle_uri; /* of --bundle-uri, or NULL */
    struct list settings;   /* of clone -c, NAME=VALUE */
};

/* Defaults. Once anything else was done with it, download_close() follows. */
void download_open(struct download *download, struct fault *fault);
void download_close(struct download *download);

/* Connects, lists the references, chooses among them: hash, refs and refmap are set. 0 or -1. */
int download_list(struct download *download);

/* Fetches what the refmap wants into the stage's git_dir and opens the odb; nothing at all of an
 * empty repository. Faults of the server begin with COMMAND and the URL. 0 or -1. */
int download_fetch(struct download *download, const char *command);

/* Whether progress is to be shown. */
bool download_progress(const struct download *download);

/* What is shallow is what the server says of its own repository: commits that it has no parents of.
 * 0 or -1. */
int download_begin_shallow(struct download *download);

/* One request: the pack for WANTS goes into the stage's git_dir. What is in the odb already, if it
 * is open, need not come again: but nothing of it may be asked for (and so no depth), and what it
 * lacks is to be among WANTS. REST is as receive_pack() has it. 0 or -1. */
int download_pack(struct download *download, const struct oid *wants, size_t want_count,
                  struct receive_rest *rest);

/* Receives PACK into the stage's git_dir; otherwise as download_pack(). 0 or -1. */
int download_receive(struct download *download, struct reader *pack, const struct oid *wants,
                     size_t want_count, struct receive_rest *rest);

/* As if nothing had come: closes the odb and removes the packs. 0 or -1. */
int download_drop_packs(struct download *download);

/* Opens the odb, which is not open, over all packs that have come. 0 or -1. */
int download_open_odb(struct download *download);

/* Writes the files of the refmap's HEAD into the stage's work_dir: all, or those of PATHS; and the
 * index into GIT_DIR unless that is -1. Warns when plain files stand for symlinks. 0 or -1. */
int download_checkout(struct download *download, int git_dir, struct pathset *paths);

#endif
