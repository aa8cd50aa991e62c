/* SPDX-License-Identifier: MIT */
/* The commits whose parents the server did not send. */
#ifndef SMIDGIT_SHALLOW_H
#define SMIDGIT_SHALLOW_H

#include "proto/fetch.h"
#include "repo/repo_lock.h"

struct shallow_list {
    struct fetch_listener listener; /* hand &list.listener to remote_fetch() */
    struct oid *oids;
    size_t count, room;
};

void shallow_open(struct shallow_list *list);
void shallow_close(struct shallow_list *list);

/* Adds what GIT_DIR/shallow says: an id of OID_LEN bytes on each line, anything else is a
 * FAULT_LOCAL (K9). Without the file, nothing. 0 or -1. */
int shallow_read(int git_dir, size_t oid_len, struct shallow_list *list, struct fault *fault);

/* Writes GIT_DIR/shallow of a repository in the making; the list is sorted. 0 or -1. */
int shallow_write(int git_dir, const struct shallow_list *list, struct fault *fault);

/* Writes it in one that is there; removes it, when nothing is shallow any more. 0 or -1. */
int shallow_replace(struct repo_lock *lock, int git_dir, const struct shallow_list *list, bool sync,
                    struct fault *fault);

/* 0, or -1 when there is no memory. */
int shallow_add(struct shallow_list *list, const struct oid *oid);

/* Sorts the list and removes what is in it twice. */
void shallow_sort(struct shallow_list *list);

#endif
