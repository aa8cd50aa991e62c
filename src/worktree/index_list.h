/* SPDX-License-Identifier: MIT */
/* The index in memory, and what files it describes (gitformat-index; git's "racy-git"). */
#ifndef SMIDGIT_INDEX_LIST_H
#define SMIDGIT_INDEX_LIST_H

#include "proto/object.h"
#include "system/file_map.h"
#include "system/growing_writer.h"
#include "system/texts.h"
#include "worktree/index.h"
#include "worktree/tree_cache.h"

struct index_list {
    size_t count;                   /* entries, in the index's order */
    bool there;                     /* there is an index */
    uint32_t written_s, written_ns; /* when it was written: files of that time may be newer */
    struct tree_cache trees;
    /* The index stays as it is on the disk, and what is known better is beside it: so that 20,000
     * entries take no 5 MB of memory. */
    struct file_map map;
    struct growing_writer whole; /* of version 4: entries with their whole paths */
    const unsigned char *bytes;  /* one of these */
    uint32_t *starts;            /* where each entry begins */
    /* The paths of some, at equal distances: a search looks at no more of the index than lies
     * between two of them. */
    const char **landmarks;
    struct texts *texts;
    struct index_entry **changed; /* NULL, or the entry as it is to be written */
    bool *seen;                   /* its file was looked at by this run */
    bool extended;                /* one of them has flags of version 3 */
    const struct hash_ops *hash;
};

/* Reads GIT_DIR/index; without one the list is empty. *OUT is to be freed also after a failure. 0
 * or -1. */
int index_list_read(int git_dir, const struct hash_ops *hash, struct index_list *out,
                    struct fault *fault);
void index_list_free(struct index_list *list); /* zeros are fine */

/* Entry AT; its path is the list's. */
struct index_entry index_list_entry(const struct index_list *list, size_t at);

/* Its path and mode alone, which never change: another thread may ask. */
const char *index_list_path(const struct index_list *list, size_t at);
uint32_t index_list_mode(const struct index_list *list, size_t at);

/* Some entries of a list that follow each other. */
struct index_range {
    size_t first, behind;
};
struct index_range index_list_all(const struct index_list *list);

/* Where PATH is in RANGE, or would stand; whether it is there (in any stage). *AT comes in as what
 * the last search of this caller gave, or 0: of the index, only what is near both stays in memory.
 * Who searches for much does so in the list's order. */
bool index_list_find(const struct index_list *list, struct index_range range, const char *path,
                     size_t *at);

/* The entries of RANGE that are below the directory PATH[0..LENGTH), which has no slash at its end;
 * *NEAR is as *AT above, and comes out as where they begin. */
struct index_range index_list_below(const struct index_list *list, struct index_range range,
                                    const char *path, size_t length, size_t *near);

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

/* Whether the file of ENTRY is as it says (what is behind a link is not there): by its stat data
 * where that is the same and not as new as the index, else by its content. *ST is the file's, when
 * there is one. The stat data of a file that is the same after all are taken over into ENTRY, as
 * *REFRESHED says. 0 or -1. */
int index_list_file(const struct index_list *list, const struct file_options *options,
                    struct index_entry *entry, enum file_state *out, struct stat *st,
                    bool *refreshed, struct fault *fault);

/* The same for LIST's entry AT, which is kept as it is then. */
int index_list_look(struct index_list *list, const struct file_options *options, size_t at,
                    enum file_state *out, struct stat *st, bool *refreshed, struct fault *fault);

/* Whether the file of entry AT is known to be the same by its stat data, as the index has them: of
 * what index_list_look() has found since, this reads nothing, for another thread may be finding it.
 * No file is read, nothing kept, and no fault raised. */
bool index_list_unchanged(const struct index_list *list, const struct file_options *options,
                          size_t at);

/* What becomes of LIST when it is written: from AT on, DROP entries go, and ENTRY comes (NULL: none
 * does). */
struct index_change {
    size_t at, drop;
    const struct index_entry *entry;
};

/* Writes LIST with CHANGES, sorted, as the index OPTIONS say; their version and count are found
 * here. Files that were as new as the index that was read, and that nobody has looked at since, are
 * looked at; those that differ lose their size, so that they are looked into next time (git's
 * "racy-git"). 0 or -1. */
int index_list_write(struct index_list *list, const struct index_change *changes, size_t count,
                     const struct file_options *files, const struct index_write_options *options,
                     struct fault *fault);

#endif
