/* SPDX-License-Identifier: MIT */
/* Which untracked files nobody wants to hear of (gitignore): rules of the user, of the repository
 * and of the directories from the root to where a walk is. */
#ifndef SMIDGIT_IGNORE_H
#define SMIDGIT_IGNORE_H

#include "proto/fault.h"

#include <stdbool.h>
#include <stddef.h>

enum { IGNORE_FILE_MAX = 8 << 20 /* bytes of one file of rules */ };

struct ignore_rule {
    const char *pattern; /* without "!", and without slashes at its ends */
    size_t base;         /* bytes of the directory's path whose file has it, with the slash */
    bool negated;        /* "!": what it matches is not ignored */
    bool directories;    /* "x/": only these */
    bool anywhere;       /* without a slash: it matches a name, else a path from the base */
    char first;          /* the byte that what matches begins with, or NUL: any */
};

struct ignore {
    struct ignore_rule *rules; /* a later one counts more */
    size_t count, room;
    bool fold; /* core.ignoreCase */
    bool all;  /* of a walk: it is in a directory that a rule has matched, and the index has */
    struct texts *texts;
    struct fault *fault;
};

void ignore_open(struct ignore *ignore, bool fold, struct fault *fault);
void ignore_close(struct ignore *ignore);

/* Adds the rules of the file PATH below AT, if it is there; BASE: bytes of the path of the
 * directory that they are for. NOFOLLOW: it may not be a link, as no .gitignore may. 0 or -1. */
int ignore_read(struct ignore *ignore, int at, const char *path, size_t base, bool nofollow);

/* Forgets all rules but the first COUNT: of directories that a walk has left. */
void ignore_forget(struct ignore *ignore, size_t count);

/* Whether PATH, from the root, is ignored; its directories are not looked at. */
bool ignore_matches(const struct ignore *ignore, const char *path, bool directory);

#endif
