/* SPDX-License-Identifier: MIT */
/* One smart-HTTP session (gitprotocol-http): discover, post, redirect, authenticate. */
#ifndef SMIDGIT_REMOTE_H
#define SMIDGIT_REMOTE_H

#include "proto/caps.h"
#include "proto/fetch.h"
#include "remote/http_session.h"
#include "remote/reflist.h"

enum { REMOTE_REFS_MAX = 64 << 20 }; /* bytes of a reference advertisement, by default (R5) */

struct remote_options {
    struct http_session_options session;
    size_t refs_max;    /* bytes; 0: REMOTE_REFS_MAX */
    size_t refs_memory; /* bytes that they may take in memory; 0: no limit */
};

struct remote;

/* Connects and asks GET info/refs: follows redirects, answers a 401, learns version and
 * capabilities. URL's
 * room outlives the session. NULL on failure; the fault's sentence has no user info in it. */
struct remote *remote_open(const struct url *url, const struct remote_options *options,
                           struct fault *fault);
void remote_close(struct remote *remote); /* NULL is fine; overwrites the secret */

const struct caps *remote_caps(const struct remote *remote);

/* The URL after redirects. */
const struct url *remote_url(const struct remote *remote);

/* The server's references whose names begin with one of PREFIXES (all when COUNT is 0),
 * whatever it sends. v0 has sent them all already: they are handed over, so that this can be asked
 * for once. R1, R2 are checked. 0 or -1. */
int remote_list(struct remote *remote, const char *const *prefixes, size_t count,
                struct reflist *out);

/* Posts REQUEST (agent and no_progress are filled in) and reads the answer up to the pack; see
 * fetch.h. With FETCH_PACK, *PACK gives the pack's bytes (side-bands removed, "remote: " lines
 * shown on the way) until remote_pack_end(), which requires that nothing follows it. 0 or -1. */
int remote_fetch(struct remote *remote, const struct fetch_request *request,
                 struct fetch_listener *listener, enum fetch_answer *out, struct reader **pack);
int remote_pack_end(struct remote *remote);

/* Whether the last answer said that the server, or what stands before it, is not well just now (429
 * or 500 to 504): another try may find it so. */
bool remote_unwell(const struct remote *remote);

/* The pack broke off, or none came. If it brought something (GAINED), or else after a pause, for a
 * few times (retry.h): another one may be asked for, by a new connection, and the fault is cleared.
 * 0 or -1. */
int remote_again(struct remote *remote, bool gained);

/* Asks where bundles of the repository are, which only a server of version 2 can be asked whose
 * caps say bundle_uri. Calls PAIR as bundle_read_pairs() does. The
 * remote can be asked again also after a failure. 0 or -1. */
int remote_bundles(struct remote *remote,
                   int (*pair)(void *context, const char *key, const char *value), void *context);

#endif
