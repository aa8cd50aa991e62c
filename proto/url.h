/* SPDX-License-Identifier: MIT */
/* http and https URLs (RFC 3986, strictly), and where a redirect may lead.
 *
 *   https://user:secret@host.example:8443/team/repo.git
 *   \___/   \__/ \____/ \__________/ \__/ \____________/
 *   scheme  user password   host     port      path
 */
#ifndef PROTO_URL_H
#define PROTO_URL_H

#include "fault.h"

#include <stdbool.h>
#include <stddef.h>

enum {
    URL_MAX = 65536,    /* bytes of a whole URL, with NUL: as much as a response's head may have. A
                           session token of AWS as the user name has some thousands */
    URL_HOST_MAX = 254, /* RFC 1035: 253 characters and a NUL */
    URL_ZONE_MAX = 16   /* an interface's name and a NUL, as Linux and the BSDs have it */
};

enum url_host { URL_HOST_NAME, URL_HOST_IPV4, URL_HOST_IPV6 };

struct url {
    bool https;
    enum url_host kind;
    char host[URL_HOST_MAX]; /* lower case, IPv6 without brackets and zone */
    char
        zone[URL_ZONE_MAX]; /* of a link-local IPv6 address: the interface; "" when there is none */
    unsigned port;          /* always set: 80 or 443 when the URL names none */
    bool has_user, has_password;
    char *user, *password; /* percent-decoded; "" when there is none */
    char *path;            /* as written, percent-coded, begins with '/', no trailing '/';
                              a query stays in it. "" when the URL has none. */
    char *room;            /* what the three stand in */
};

/* Parses TEXT, the URL of a repository. *OUT stands in ROOM, of strlen(TEXT) + 1 bytes, which holds
 * a password in no second place. Anything else is a FAULT_USAGE: for ssh://, git://,
 * git@host:path and local paths the sentence shows the https form; else it says what is wrong and
 * where (R13: CR, LF, NUL or ESC, raw or percent-coded; an empty host; a backslash; an IPv6 address
 * without brackets; a host that begins with '-'; a '?' or '#' before the '@'). 0 or -1. */
int url_parse(const char *text, char *room, struct url *out, struct fault *fault);

/* Writes the URL to OUT, without its user info, and with its port where that is not the scheme's
 * own. It needs no more than URL_MAX; what does not fit in SIZE is cut. Returns OUT. */
char *url_format(const struct url *url, char *out, size_t size);

/* As url_format(), with "user@" where the URL has one: what git shows in a password prompt. */
char *url_format_user(const struct url *url, char *out, size_t size);

/* Finds the user info in TEXT[0..SIZE), which may be no valid URL at all: it is used to hide
 * passwords in what somebody typed. Returns where the user info ends, behind its '@'; 0 when there
 * is none. *START is where it begins, or would: behind the scheme, if there is one. Since a
 * password may have a slash in it that should be percent-coded, every '@' behind a ':' may be the
 * end. */
size_t url_user_end(const char *text, size_t size, size_t *start);

/* The part of TEXT that may be shown (C1): what stands behind the user info, or all of it. */
const char *url_shown(const char *text);

/* Overwrites the password in TEXT. Returns whether there was one. */
bool url_hide_password(char *text);

/* True when scheme, host and port are the same. */
bool url_same_origin(const struct url *a, const struct url *b);

/* Resolves REFERENCE, which an answer to a request for BASE's path followed by TAIL has in it (RFC
 * 3986, 5.2; H10), and writes the URL to OUT, of URL_MAX bytes, without fragment. It may be none
 * that url_parse() takes. 0, or -1 and FAULT_REFUSED when it is too long. */
int url_resolve(const struct url *base, const char *tail, const char *reference, char *out,
                struct fault *fault);

/* Follows a redirect (H2). The client has asked the server of FROM for the path of FROM followed by
 * ASKED ("/info/refs?service=git-upload-pack"), and the answer's Location header is LOCATION. By
 * git's rule the new URL has to end in ASKED as well: *OUT is the URL in front of that. It stands
 * in ROOM, of URL_MAX bytes, but for the user info: that is FROM's if scheme, host and port are the
 * same, else there is none. A redirect from https to http, or to anything that is no such URL, is a
 * FAULT_REFUSED. 0 or -1. */
int url_redirect(const struct url *from, const char *asked, const char *location, char *room,
                 struct url *out, struct fault *fault);

#endif
