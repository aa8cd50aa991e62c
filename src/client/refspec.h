/* SPDX-License-Identifier: MIT */
/* Refspecs (git-fetch, "<refspec>"): which of the server's references are taken, and what they are
 * called here.
 *
 *   refspec = [ "+" ] [ source ] [ ":" destination ]       one "*" in both, or in neither
 *   refspec = "^" source                                   a full name, or a pattern
 */
#ifndef SMIDGIT_REFSPEC_H
#define SMIDGIT_REFSPEC_H

#include "proto/refs.h"

struct refspec {
    bool force;    /* "+" */
    bool excludes; /* "^": what it matches is not taken */
    bool pattern;  /* has a "*" */
    bool is_id;    /* the source is an object id */
    char source[REFS_NAME_MAX];
    char destination[REFS_NAME_MAX]; /* full; "": only FETCH_HEAD has it */
};

/* Parses TEXT. An empty source is HEAD; a destination gets its "refs/" or "refs/heads/". 0, or -1
 * with FAULT_USAGE. */
int refspec_parse(const char *text, struct refspec *out, struct fault *fault);

/* What the short NAME may mean (gitrevisions, "<refname>"): itself, refs/NAME, refs/tags/NAME,
 * refs/heads/NAME, refs/remotes/NAME, refs/remotes/NAME/HEAD, the best WAY, 0, first. false: it
 * would be too long for a reference. */
enum { REFSPEC_WAYS = 6 };
bool refspec_way(const char *name, size_t way, char out[REFS_NAME_MAX]);

/* Whether the source, which may be short, means the full NAME: from 1, the best of the six ways to
 * read it, up; 0: it does not. A pattern's source, and that of an excluding one, is a full name. */
int refspec_matches(const struct refspec *spec, const char *name);

/* What NAME, which SPEC matches, is called here; "" when nothing. -1: it would be too long. */
int refspec_map(const struct refspec *spec, const char *name, char out[REFS_NAME_MAX]);

/* The reverse: whether NAME here is a destination, and of what there. */
bool refspec_source(const struct refspec *spec, const char *name, char out[REFS_NAME_MAX]);

#endif
