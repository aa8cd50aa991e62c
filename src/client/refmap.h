/* SPDX-License-Identifier: MIT */
/* What a clone takes of the server's references, and what it calls them here (git-clone,
 * "DESCRIPTION"; git's refspecs). */
#ifndef SMIDGIT_REFMAP_H
#define SMIDGIT_REFMAP_H

#include "remote/reflist.h"
#include "repo/refdb.h"

struct refmap_options {
    const char *branch; /* -b: a branch, a tag or a full object id; or NULL */
    const char *origin; /* -o */
    bool bare, mirror, single_branch, no_tags;
};

enum refmap_head { HEAD_BRANCH, HEAD_DETACHED, HEAD_UNBORN };

struct refmap {
    struct refdb_entry *entries; /* to be written; their ids and names are REFS', */
    size_t count;
    char *remote_folder; /* and this, "refs/remotes/ORIGIN/", is where branches go */
    struct oid *wants;   /* sorted, each once */
    size_t want_count;
    enum refmap_head head;
    char head_name[REFS_NAME_MAX];   /* HEAD_BRANCH, HEAD_UNBORN: "refs/heads/main" */
    struct oid head_oid;             /* HEAD_BRANCH, HEAD_DETACHED: may be a tag's */
    char remote_head[REFS_NAME_MAX]; /* the branch that the server's HEAD is; "" for none */
    char refspec[3 * REFS_NAME_MAX]; /* remote.ORIGIN.fetch; "" for none */
    bool follow_tags; /* tags whose object came along are to be added: refmap_follow_tags() */
    bool empty;       /* the server has no references */
};

/* Chooses among REFS, which outlives OUT. A branch that the server does not have is a
 * FAULT_REFUSED, with git's words. 0 or -1. */
int refmap_choose(const struct refmap_options *options, const struct reflist *refs,
                  struct refmap *out, struct fault *fault);

/* When follow_tags says so: adds the tags of REFS for which HAS says yes. 0 or -1. */
int refmap_follow_tags(struct refmap *refmap, const struct reflist *refs,
                       bool (*has)(void *context, const struct oid *oid), void *context,
                       struct fault *fault);

/* The entry that refs/remotes/ORIGIN/HEAD is to point to; NULL when the branch was not taken, or no
 * branch is called so (--bare). */
const struct refdb_entry *refmap_remote_head(const struct refmap *refmap);

void refmap_free(struct refmap *refmap);

#endif
