/* SPDX-License-Identifier: MIT */
/* Files: atomic writes, walks by directory descriptor, syncing, removing. */
#ifndef SMIDGIT_FS_H
#define SMIDGIT_FS_H

#include "proto/fault.h"
#include "proto/stream.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Opens a directory (O_DIRECTORY | O_CLOEXEC). -1 and FAULT_LOCAL. */
int fs_open_dir(int at, const char *path, struct fault *fault);

/* Makes the directory PATH below AT, and those that lead to it, unless they exist. 0 or -1. */
int fs_make_dirs(int at, const char *path, struct fault *fault);

/* Reads a regular file of at most MAX bytes into memory, which the caller frees; a NUL stands
 * behind its bytes. When it does not exist, *OUT is NULL and 0 is returned. NOFOLLOW: the file
 * itself may not be a symlink. 0 or -1. */
int fs_read(int at, const char *path, size_t max, bool nofollow, char **out, size_t *size,
            struct fault *fault);

/* How git replaces a file: "PATH.lock" is created (O_EXCL), written, and renamed. Its descriptor,
 * or -1. */
int fs_lock(int at, const char *path, struct fault *fault);

/* Where PATH leads when it is a symlink, be there a file or not yet: what git replaces, and locks,
 * in place of the link. OUT has ROOM bytes. 0 or -1. */
int fs_behind_links(int at, const char *path, char *out, size_t room, struct fault *fault);

/* Closes FD of fs_lock() and renames the lock to PATH; when RC, which writing has come to, is -1,
 * or anything fails, the lock is removed and PATH is as it was. SYNC: fsync file and directory. 0
 * or -1. */
int fs_unlock(int at, const char *path, int fd, int rc, bool sync, struct fault *fault);

/* Both, with BYTES between them. 0 or -1. */
int fs_write(int at, const char *path, const void *bytes, size_t size, bool sync,
             struct fault *fault);

/* write(2) and pread(2) until done. 0 or -1 with FAULT_LOCAL; WHAT is for the sentence. */
int fs_put(int fd, const void *bytes, size_t size, const char *what, struct fault *fault);
int fs_pread(int fd, void *bytes, size_t size, uint64_t offset, const char *what,
             struct fault *fault);

int fs_sync_file(int fd, const char *what, struct fault *fault);
int fs_sync_dir(int at, const char *path, struct fault *fault);
int fs_sync_tree(int fd, struct fault *fault); /* syncfs() where there is one, else sync() */

/* Removes PATH and everything below it, by descriptors, following no link. Missing is fine. */
int fs_remove(int at, const char *path, struct fault *fault);

/* Removes everything in the open directory DIR, the file LAST after all others, and closes DIR. It
 * needs one more descriptor for that. 0 or -1. */
int fs_empty(int dir, const char *last, struct fault *fault);

/* True when the directory has no entries but "." and "..". */
bool fs_dir_empty(int at, const char *path);

/* Opens a scratch file that has no name, on the file system of the directory AT: closing it removes
 * it. -1 and FAULT_LOCAL. */
int fs_scratch(int at, struct fault *fault);

#endif
