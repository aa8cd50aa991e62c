/* SPDX-License-Identifier: MIT */
/* Settings that are for some URLs: "http.<url>.sslVerify" (git-config, "http.<url>.*"; the same
 * holds for "credential.<url>.*").
 *
 *   http.sslVerify                       for all
 *   http.https://example.org.sslVerify   for all that is there
 *   http.https://STAR.example.org/.KEY      STAR for '*': any one label
 *   http.https://example.org/a.KEY       "/a" and what is below it
 *   http.https://me@example.org.KEY      if the URL names this user
 *
 * Scheme, host and port have to be the same; case, default ports, %-codes and dot segments make no
 * difference. A pattern for credentials may begin with a user, a host or a path: what it leaves out
 * may be anything, and its path has nothing below it. Of several that fit, the longest host counts,
 * then the longest path, then one with a user; of equal ones the last.
 */
#ifndef SMIDGIT_URL_SETTINGS_H
#define SMIDGIT_URL_SETTINGS_H

#include "proto/url.h"
#include "repo/settings.h"

/* Which scopes count. */
enum {
    URL_SETTINGS_ALL =
        1 << SETTINGS_SYSTEM | 1 << SETTINGS_USER | 1 << SETTINGS_LOCAL | 1 << SETTINGS_COMMAND,
    URL_SETTINGS_TRUSTED = URL_SETTINGS_ALL & ~(1 << SETTINGS_LOCAL) /* no repository's own */
};

struct url_settings {
    const struct settings *settings;
    const struct url *url;
    char *path; /* the URL's, in normal form; NULL: it has none ("/.."), and no pattern fits */
};

/* How closely a setting fits; zeros: it is for all URLs. */
struct url_rank {
    size_t host, path;
    bool user;
};

/* Settings for URL, which is to outlive them, as SETTINGS are. FAULT_LIMIT without memory. 0 or -1.
 */
int url_settings_open(struct url_settings *out, const struct settings *settings,
                      const struct url *url, struct fault *fault);
void url_settings_close(struct url_settings *settings); /* zeros are fine */

/* The next setting behind *AT, an index that begins with 0, that is for this URL and of one of
 * SCOPES; NULL: no more. SECTION and KEY are in lower case. BEST, or NULL: begins with zeros; what
 * fits less closely than one before it is passed over, as git does for all but credentials; NULL is
 * for those, and their patterns. Where
 * several values count, an empty one takes back those before it: that is for the caller to see. */
const struct setting *url_settings_next(const struct url_settings *settings, const char *section,
                                        const char *key, unsigned scopes, size_t *at,
                                        struct url_rank *best);

/* The one that counts; NULL: none. */
const struct setting *url_settings_find(const struct url_settings *settings, const char *section,
                                        const char *key, unsigned scopes);

#endif
