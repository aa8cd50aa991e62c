/* SPDX-License-Identifier: MIT */
/* The references that a repository has: loose files over packed-refs (gitrepository-layout, "refs",
 * "packed-refs"; git-pack-refs). */
#ifndef SMIDGIT_LOCAL_REFS_H
#define SMIDGIT_LOCAL_REFS_H

#include "proto/fault.h"
#include "proto/oid.h"

#include <stdbool.h>
#include <stddef.h>

struct local_ref {
    const char *name;   /* "refs/heads/main" */
    const char *target; /* of a symbolic one; or NULL */
    struct oid oid;     /* what it, or what it leads to, is; len 0 when that is nothing */
    struct oid peeled;  /* as packed-refs has it; len 0: not said there */
    bool loose, packed; /* where it stands; both: the file counts */
};

struct local_refs {
    struct local_ref *refs; /* sorted by name */
    size_t count, room;
    struct texts *names;
};

/* Reads all of GIT_DIR/refs and packed-refs. A file that holds no reference (a crash has left it
 * empty) is one with an oid of length 0. *OUT is to be freed also after a failure. 0 or -1. */
int local_refs_read(int git_dir, struct local_refs *out, struct fault *fault);
void local_refs_free(struct local_refs *refs); /* zeros are fine */

/* The reference called NAME, or NULL. */
const struct local_ref *local_refs_find(const struct local_refs *refs, const char *name);

/* What GIT_DIR/HEAD says. */
struct local_head {
    char *branch;   /* "refs/heads/main", which need not exist; NULL: detached. free() it */
    struct oid oid; /* of the commit; len 0 when the branch does not exist */
};

/* Reads HEAD, and looks its branch up in REFS. FAULT_LOCAL when it is not there or no HEAD. 0, -1.
 */
int local_head_read(int git_dir, const struct local_refs *refs, struct local_head *out,
                    struct fault *fault);

/* One reference's file as it is now: 1 and what it holds (as above), 0 when there is none, -1. NAME
 * may be "HEAD". *TARGET, which the caller frees, is set for a symbolic one. */
int local_ref_file(int git_dir, const char *name, struct oid *oid, char **target,
                   struct fault *fault);

#endif
