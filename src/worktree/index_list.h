/* SPDX-License-Identifier: MIT */
/* The index in memory, and what files it describes (gitformat-index; git's "racy-git"). */
#ifndef SMIDGIT_INDEX_LIST_H
#define SMIDGIT_INDEX_LIST_H

#include "proto/object.h"
#include "worktree/index.h"

struct index_list {
    struct index_entry *entries; /* in the index's order; paths have a NUL */
    size_t count, room;
    struct texts *paths;
    bool there;                     /* there is an index */
    uint32_t written_s, written_ns; /* when it was written: files of that time may be newer */
};

/* Reads GIT_DIR/index; without one the list is empty. *OUT is to be freed also after a failure. 0
 * or -1. */
int index_list_read(int git_dir, const struct hash_ops *hash, struct index_list *out,
                    struct fault *fault);
void index_list_free(struct index_list *list); /* zeros are fine */

/* Adds an entry, whose path is copied, at the end. 0 or -1. */
int index_list_add(struct index_list *list, const struct index_entry *entry, struct fault *fault);

/* Where PATH is, or would stand; whether it is there (in any stage). */
bool index_list_find(const struct index_list *list, const char *path, size_t *at);

/* Whether a path below the directory PATH is in the list. */
bool index_list_has_below(const struct index_list *list, const char *path);

enum file_state { FILE_SAME, FILE_DIFFERS, FILE_MISSING };

/* The directory that the last file was in: the next one is as a rule in the same. */
struct file_place {
    int dir;                    /* descriptor; -1: none yet. file_place_close() */
    char path[OBJECT_PATH_MAX]; /* with a slash at its end */
};
void file_place_open(struct file_place *place);
void file_place_close(struct file_place *place);

struct file_options {
    const struct hash_ops *hash;
    int work_dir;
    bool no_modes, no_symlinks; /* core.fileMode false, core.symlinks false */
    struct file_place *place;   /* or NULL */
};

/* Whether the file of ENTRY, which LIST holds, is as it says (what is behind a link is not there):
 * by its stat data where that is the same and not as new as the index, else by its content. *ST is
 * the file's, when there is one. The stat data of a file that is the same after all are taken over
 * into ENTRY, as *REFRESHED says. 0 or -1. */
int index_list_file(const struct index_list *list, const struct file_options *options,
                    struct index_entry *entry, enum file_state *out, struct stat *st,
                    bool *refreshed, struct fault *fault);

/* Writes LIST as the index GIT_DIR/NAME. Files that were as new as the index that was read,
 * and that nobody has looked at since, are looked at; those that differ lose their size, so that
 * they are looked into next time (git's "racy-git"). 0 or -1. */
int index_list_write(int git_dir, const char *name, const struct file_options *options,
                     struct index_list *list, bool sync, struct fault *fault);

#endif
