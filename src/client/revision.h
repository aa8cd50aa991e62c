/* SPDX-License-Identifier: MIT */
/* Which object somebody means (gitrevisions, "SPECIFYING REVISIONS"):
 *
 *   revision = ( name / id / beginning of an id / "@" / "ORIG_HEAD", "FETCH_HEAD" and such )
 *              *( "~" [ n ] / "^" [ n ] / "^{" [ type ] "}" )
 */
#ifndef SMIDGIT_REVISION_H
#define SMIDGIT_REVISION_H

#include "objects/odb.h"
#include "repo/local_refs.h"

struct revision_source {
    int git_dir;    /* where HEAD and FETCH_HEAD are */
    int common_dir; /* where it stands what is shallow */
    const struct local_refs *refs;
    struct odb *odb;
    size_t oid_len;
    struct fault *fault;
};

/* The reference that NAME, which may be short, means by git's six ways; NULL: none. */
const struct local_ref *revision_ref(const struct revision_source *source, const char *name);

/* Whether NAME is what git gives to files beside HEAD: FETCH_HEAD, ORIG_HEAD. */
bool revision_beside_head(const char *name);

/* The shortest that means the reference NAME: "main" for refs/heads/main, unless another one is
 * called so, too. */
const char *revision_short(const struct revision_source *source, const char *name);

/* Resolves TEXT. What is not known is a FAULT_LOCAL, as is the beginning of an id that several
 * objects have: the sentence names them. 0 or -1. */
int revision_resolve(const struct revision_source *source, const char *text, struct oid *out);

#endif
