/* SPDX-License-Identifier: MIT */
/* An open repository with what most commands on it need: references, HEAD, objects, index. */
#ifndef SMIDGIT_WORKSPACE_H
#define SMIDGIT_WORKSPACE_H

#include "client/revision.h"
#include "objects/commits.h"
#include "repo/repository.h"
#include "repo/shallow.h"
#include "worktree/index_list.h"
#include "worktree/update.h"

struct workspace {
    struct repository repository;
    const struct hash_ops *hash;
    struct local_refs refs;
    struct local_head head;
    struct odb *odb;
    struct revision_source revisions;
    struct index_list index; /* workspace_index() reads it, */
    struct index_lock lock;  /* and takes this before, for who wants to change it */
    struct file_options files;
    struct commits history; /* what work_status_ahead() has read; without odb, nothing yet */
    struct shallow_list shallow;
    bool quiet, progress;
    struct fault *fault;
};

/* Opens the repository of the current directory. workspace_close() follows, whatever happened. 0 or
 * -1. */
int workspace_open(struct workspace *workspace, struct fault *fault);
void workspace_close(struct workspace *workspace);

/* References and HEAD again, after they were changed. 0 or -1. */
int workspace_reread(struct workspace *workspace);

/* Reads the index, LOCKED: to change it; a bare repository is a FAULT_LOCAL, "this operation must
 * be run in a work tree". 0 or -1. */
int workspace_index(struct workspace *workspace, bool locked);

/* Brings files and index from the commit OLD (len 0: none) to the commit NEW. What stands in the
 * way is listed on stderr as git lists it, with COMMAND ("checkout", "merge"): FAULT_NO then. 0 or
 * -1. */
int workspace_move(struct workspace *workspace, const struct oid *old, const struct oid *new,
                   bool force, const char *command);

/* Sets HEAD: to BRANCH ("refs/heads/x"), or detached at OID when that is NULL; MESSAGE is for the
 * reflog. 0 or -1. */
int workspace_set_head(struct workspace *workspace, const char *branch, const struct oid *oid,
                       const char *message);

/* Moves the branch that HEAD names, or HEAD itself when it is detached, from where it is to OID, or
 * creates it. 0 or -1. */
int workspace_move_head(struct workspace *workspace, const struct oid *oid, const char *message);

/* Writes ORIG_HEAD: where HEAD was, for who wants to go back. 0 or -1. */
int workspace_orig_head(struct workspace *workspace);

/* Creates or moves the reference NAME. 0 or -1. */
int workspace_set_ref(struct workspace *workspace, const char *name, const struct oid *oid,
                      const char *message);

/* "1234567 The subject": an abbreviated id and the first paragraph of the commit's message, in OUT.
 * 0 or -1. */
int workspace_subject(struct workspace *workspace, const struct oid *commit, char *out,
                      size_t size);

#endif
