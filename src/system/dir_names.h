/* SPDX-License-Identifier: MIT */
/* The names in a directory, some at a time and those sorted. Who looks each of them up in a long
 * sorted list goes through that from its front to its end for each batch, and not to and fro for
 * each name. */
#ifndef SMIDGIT_DIR_NAMES_H
#define SMIDGIT_DIR_NAMES_H

#include <sys/stat.h>

struct dir_names;

/* Of the directory FD, from its first name on; FD is closed with it, also when this fails. NULL: no
 * memory or descriptor for it. */
struct dir_names *dir_names_open(int fd);
void dir_names_close(struct dir_names *names);

/* Gives in *NAME the next one but "." and "..", which is there until the next call, and in *KIND
 * what it is (S_IFDIR, S_IFREG, ...) where the file system says so with the name; else 0. 1; 0 at
 * the end; -1 as errno says. */
int dir_names_next(struct dir_names *names, const char **name, mode_t *kind);

/* *KIND of NAME in the directory AT, which is looked at where *KIND is 0. 0; -1: it has gone. */
int dir_names_kind(int at, const char *name, mode_t *kind);

#endif
