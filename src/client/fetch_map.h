/* SPDX-License-Identifier: MIT */
/* What a fetch takes of the server's references, and where each goes (git-fetch, "<refspec>",
 * "CONFIGURED REMOTE-TRACKING BRANCHES", "PRUNING", --tags). */
#ifndef SMIDGIT_FETCH_MAP_H
#define SMIDGIT_FETCH_MAP_H

#include "client/refspec.h"
#include "remote/reflist.h"
#include "repo/local_refs.h"
#include "repo/settings.h"

enum fetch_tags { TAGS_FOLLOW, TAGS_ALL, TAGS_NONE };

struct fetch_map_options {
    const struct settings *settings;
    const char *remote;    /* as the settings call it; NULL: a URL alone */
    char *const *refspecs; /* of the command line, */
    size_t refspec_count;  /* "tag" NAME among them; 0: as configured */
    const char *branch;    /* checked out: "refs/heads/main"; or NULL */
    enum fetch_tags tags;
    bool force;
    bool prune_tags; /* without refspecs: tags go where they are there, and are pruned */
};

/* One reference that is fetched. */
struct fetch_item {
    const char *name;  /* there: "refs/heads/main", "HEAD", or an object id */
    const char *local; /* here: "refs/remotes/origin/main"; "": only FETCH_HEAD has it */
    struct oid oid;
    bool force;
    bool merge;      /* FETCH_HEAD says that it is for merging */
    bool remembered; /* FETCH_HEAD has it */
};

struct fetch_map {
    struct fetch_item *items;
    size_t count, room;
    struct refspec *specs; /* those that were asked for, then those of the remote */
    size_t asked, spec_count;
    bool follow_tags; /* tags whose object comes are to be added: fetch_map_follow().
                         What is only kept beside has none */
    struct texts *texts;
};

/* Reads the refspecs. OUT is to be freed also after a failure. 0, or -1 with FAULT_USAGE. */
int fetch_map_open(const struct fetch_map_options *options, struct fetch_map *out,
                   struct fault *fault);

/* How the names of those references begin that are needed: *OUT, which the caller frees, points to
 * texts of the map's. Their number; -1. */
int fetch_map_prefixes(const struct fetch_map_options *options, struct fetch_map *map,
                       const char ***out, struct fault *fault);

/* Chooses among REFS. What was asked for and is not there is a FAULT_REFUSED, "couldn't find remote
 * ref NAME". 0 or -1. */
int fetch_map_choose(const struct fetch_map_options *options, const struct reflist *refs,
                     struct fetch_map *map, struct fault *fault);
void fetch_map_free(struct fetch_map *map); /* zeros are fine */

/* Adds the tags of REFS that are not in LOCAL, and whose object HAS says is there. 0 or -1. */
int fetch_map_follow(struct fetch_map *map, const struct reflist *refs,
                     const struct local_refs *local,
                     bool (*has)(void *context, const struct oid *oid), void *context,
                     struct fault *fault);

/* The names of what is in REFS, sorted: *COUNT of them, which live as long as REFS. free() it.
 * NULL: no memory. */
const char **fetch_map_names(const struct reflist *refs, size_t *count);

/* Whether the reference NAME here came by the map's refspecs, and none of the COUNT sorted NAMES of
 * the server's is its source. */
bool fetch_map_is_stale(const struct fetch_map *map, const char *const *names, size_t count,
                        const char *name);

#endif
