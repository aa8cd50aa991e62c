/* SPDX-License-Identifier: MIT */
/* One file of a tree, made in the working tree (P1-P9): by directory descriptors, no link followed,
 * never over something that is there. */
#ifndef SMIDGIT_WORK_FILE_H
#define SMIDGIT_WORK_FILE_H

#include "objects/odb.h"
#include "proto/object.h"
#include "worktree/index.h"

struct work_file {
    struct odb *odb;
    int work_dir;
    bool no_symlinks;           /* plain files with their targets stand for them */
    const char *hint;           /* what somebody can do when one cannot be made: "(...)" */
    const struct place *place;  /* where the file's object is, or NULL */
    int dir;                    /* descriptor of the directory that the file goes to */
    char path[OBJECT_PATH_MAX]; /* of the file, for sentences and for work_file_dir() */
    bool plain_symlinks;        /* one was written as a plain file */
    struct fault *fault;
};

/* Opens the directory of the path's first LENGTH bytes, component by component, and makes it where
 * it is missing; work_dir itself when LENGTH is 0. Its descriptor or -1. */
int work_file_dir(struct work_file *work, size_t length);

/* Makes the file NAME in work->dir with ENTRY's mode and object, and sets the stat fields of ENTRY.
 * A submodule is an empty directory. 0 or -1. */
int work_file_make(struct work_file *work, const char *name, struct index_entry *entry);

/* States that the object of the file PATH is of TYPE. Returns -1. */
int work_file_not_a_blob(const char *path, enum object_type type, struct fault *fault);

#endif
