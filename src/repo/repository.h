/* SPDX-License-Identifier: MIT */
/* The repository that a command works in (gitrepository-layout; git, "GIT_DIR"; git-config,
 * "safe.directory"). */
#ifndef SMIDGIT_REPOSITORY_H
#define SMIDGIT_REPOSITORY_H

#include "proto/hash.h"
#include "repo/repo_lock.h"
#include "repo/settings.h"

enum { REPOSITORY_PATH_MAX = 4096 };

struct repository {
    int git_dir;    /* descriptor: HEAD, index, FETCH_HEAD */
    int common_dir; /* descriptor: objects, refs, config, shallow; GIT_DIR's own but in a worktree
                     */
    int work_dir;   /* descriptor; -1: the repository is bare */
    char git_path[REPOSITORY_PATH_MAX]; /* absolute */
    char common_path[REPOSITORY_PATH_MAX];
    char work_path[REPOSITORY_PATH_MAX]; /* "" when bare */
    size_t oid_len;                      /* OID_SHA1 or OID_SHA256 */
    struct settings settings;
    struct repo_lock lock; /* of what this run changes */
    struct fault *fault;
};

/* Finds the repository of the current directory, as git does: GIT_DIR (a directory or such a file),
 * else ".git" (a directory, or a file that names one) here or further up, to where
 * GIT_CEILING_DIRECTORIES or this file system ends, else this directory itself when it is bare.
 * What this program does not understand is refused by name: versions above 1, unknown extensions,
 * reftable, alternates; and a repository that somebody else owns (P12), unless GIT_DIR names it.
 * Whatever happened, repository_close() follows. 0 or -1. */
int repository_open(struct repository *repository, struct fault *fault);
void repository_close(struct repository *repository);

/* Where git would work on what VARIABLE of the environment names, as in its hooks, and that is not
 * NAME in DIR, nothing is done. 0 or -1. */
int repository_own(const struct repository *repository, const char *variable, int dir,
                   const char *name, struct fault *fault);

#endif
