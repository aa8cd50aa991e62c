/* SPDX-License-Identifier: MIT */
/* A repository in the making: it is made in a staging directory, and published when it is whole.
 *
 * The target DIR does not exist yet: the staging directory DIR.smidgit-PID-N is made beside it.
 * - DIR.smidgit-PID-N/repo        becomes DIR, by one rename
 *
 * DIR exists (an empty directory, ".", a mount point, a link to one of these): nothing can be
 * renamed onto it, so the staging directory is made inside.
 * - DIR/.git.smidgit-PID-N/repo   each of its entries is moved to DIR. The last one makes a
 *                                 repository of it: .git, or HEAD of a bare repository.
 *
 * Also in a staging directory:
 * - made-by-smidgit   the marker, made first: an empty file, locked by fcntl() while the run lives
 * - moved             what is about to be moved to an existing DIR
 * - git               the repository of an export, which publishes files alone. It is renamed to
 *                     "done" when the last of them was moved.
 *
 * A staging directory has mode 0700. If the run dies, a later one for the same target moves back
 * what was moved, and removes the directory (P16; repo/abandoned.h).
 */
#ifndef SMIDGIT_STAGING_H
#define SMIDGIT_STAGING_H

#include "proto/oid.h"
#include "proto/url.h"

#include <stdbool.h>

enum { REPO_PATH_MAX = 4096, REPO_NAME_MAX = 255 };

enum repo_kind {
    REPO_WORKTREE, /* files, and .git among them */
    REPO_BARE,     /* what would be in .git */
    REPO_FILES     /* files alone: the repository goes with the staging directory */
};

/* What the file system is like (P17), found out by staging_open(). */
struct file_system {
    bool no_modes;    /* core.filemode false: executable bits do not stay as they are set */
    bool no_symlinks; /* core.symlinks false */
    bool folds_case;  /* core.ignorecase true: two names of a tree can be one */
};

struct staging {
    enum repo_kind kind;
    int git_dir;                  /* descriptor: what becomes .git, or the bare repository */
    int work_dir;                 /* descriptor: where files go; -1 when bare */
    int parent;                   /* descriptor: where the staging directory is */
    int stage;                    /* descriptor: the staging directory */
    int lock;                     /* descriptor: the marker in it */
    bool fresh;                   /* the target does not exist yet */
    bool kept;                    /* it stays (repo/kept.h) */
    bool beside_others;           /* so may those of others: a repository has several remotes */
    char name[REPO_NAME_MAX + 1]; /* of the target in its parent, when fresh */
    char stage_name[REPO_NAME_MAX + 64];
    char made[REPO_PATH_MAX]; /* the target's parents, when some had to be made */
    size_t made_from;         /* in `made`: how much of it was there before */
    struct file_system file_system;
    struct fault *fault;
};

/* Prepares staging for TARGET. P14: a target that exists and is not an empty directory is a
 * FAULT_LOCAL, "destination path 'x' already exists and is not an empty directory." Whatever
 * happened, staging_close() follows. 0 or -1. */
int staging_open(struct staging *stage, const char *target, enum repo_kind kind,
                 struct fault *fault);

/* Prepares staging as if for NAME in GIT_DIR/objects: for packs alone, in "repo/objects/pack", that
 * are moved from there one by one. Whatever happened, staging_close() follows. 0 or -1. */
int staging_open_packs(struct staging *stage, int git_dir, const char *name, struct fault *fault);

/* Writes what git init does: description, info/exclude, objects, refs, an empty hooks. 0 or -1. */
int staging_skeleton(struct staging *stage);

/* As if no pack had come. 0 or -1. */
int staging_drop_packs(struct staging *stage);

/* Publishes what is staged. SYNC: everything is on the disk before that, and the new name after it.
 * On success the target is whole, on failure it is as it was before; but when the new name cannot
 * be synced, the target is whole, and the fault says so. 0 or -1. */
int staging_publish(struct staging *stage, bool sync);

/* Removes what is staged and was not published, unless it is to stay. */
void staging_close(struct staging *stage);

struct repo_config {
    bool bare, mirror, no_tags, sha256;
    const struct file_system *file_system;
    const char *remote;    /* "origin" */
    const struct url *url; /* written without user info (C2): a user name can be a token */
    const char *said_url;  /* written instead, or NULL */
    const char *refspec;   /* or NULL */
    const char *branch;    /* "refs/heads/main": gets a section that follows the remote; or NULL */
};

/* Writes GIT_DIR/config. 0 or -1. */
int repo_write_config(int git_dir, const struct repo_config *config, struct fault *fault);

#endif
