/* SPDX-License-Identifier: MIT */
/* History from one commit on, the newest first, as git-log has it. What was passed is forgotten, so
 * that a walk over a million commits holds no more than those that it stands between. */
#ifndef SMIDGIT_HISTORY_H
#define SMIDGIT_HISTORY_H

#include "client/workspace.h"
#include "repo/shallow.h"

struct history_commit {
    struct oid oid;
    uint64_t date; /* of the committer, seconds since 1970 */
    char *text;    /* of the object; parents that are not here (git's "shallow") are in it */
    size_t size;
    bool shallow; /* they are to be taken for none */
};

enum { HISTORY_RECENT = 4096 };

struct history {
    struct workspace *workspace;
    struct shallow_list shallow;
    struct history_commit *queue; /* the last one comes next */
    size_t count, room;
    struct history_commit now;
    struct oid recent[HISTORY_RECENT]; /* what was passed: in a ring */
    size_t passed;
};

/* Begins at the commit OID. history_close() follows, whatever happened. 0 or -1. */
int history_open(struct history *history, struct workspace *workspace, const struct oid *oid);
void history_close(struct history *history);

/* The next commit is in history->now: 1, 0 at the end, -1. Its parents are read by the next call.
 * One that is newer than its child comes twice when some thousand others are between them. */
int history_next(struct history *history);

/* The next parent named in the header TEXT[0..SIZE), of which it is taken off. */
bool history_parent(const char **text, size_t *size, struct oid *out);

#endif
