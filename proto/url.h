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
    URL_MAX = 4096,     /* bytes of a whole URL, with NUL: what servers and proxies take at most */
    URL_HOST_MAX = 254, /* RFC 1035: 253 characters and a NUL */
    URL_USER_MAX = 256,
    URL_PASSWORD_MAX = 2048 /* tokens of Entra and Atlassian have more than 1,000 characters */
};

enum url_host { URL_HOST_NAME, URL_HOST_IPV4, URL_HOST_IPV6 };

struct url {
    bool https;
    enum url_host kind;
    char host[URL_HOST_MAX]; /* lower case, IPv6 without brackets */
    unsigned port;           /* always set: 80 or 443 when the URL names none */
    bool has_user, has_password;
    char user[URL_USER_MAX], password[URL_PASSWORD_MAX]; /* percent-decoded */
    char path[URL_MAX]; /* as written, percent-coded, begins with '/', no trailing '/';
                           a query stays in it. "" when the URL has none. */
};

/* TEXT as a URL of a repository. Everything else gets its own sentence (FAULT_USAGE): ssh://,
 * git://, git@host:path and local paths one that shows the https form; R13 of the hostile table
 * (CR, LF, NUL, ESC raw or percent-coded, empty host, backslash, bare IPv6, a host that begins with
 * '-', a '?' or '#' before '@') what is wrong and where. 0 or -1. */
int url_parse(const char *text, struct url *out, struct fault *fault);

/* The URL without user info, the port only where it is not the scheme's. NUL-terminated in OUT
 * (at least URL_MAX bytes). Returns OUT. */
char *url_format(const struct url *url, char out[URL_MAX]);

/* As url_format(), with "user@" where the URL has one: what git shows in a password prompt. */
char *url_format_user(const struct url *url, char out[URL_MAX]);

/* Where the user info ends, with its '@', in TEXT[0..SIZE): a URL as somebody gave it, refused or
 * not, or what was meant as one. Behind a ':' every '@' counts, as a password may have a bare
 * slash. 0 without user info. *START is where it would begin: behind the scheme, if there is one.
 */
size_t url_user_end(const char *text, size_t size, size_t *start);

/* TEXT as it may be shown (C1): what stands behind its user info, or all of it. */
const char *url_shown(const char *text);

/* Overwrites the password of TEXT in place. Whether there is one. */
bool url_hide_password(char *text);

/* Same scheme, host and port. */
bool url_same_origin(const struct url *a, const struct url *b);

/* Where the first GET of FROM, asked as FROM's path + ASKED (for instance
 * "/info/refs?service=git-upload-pack"), leads when the server answers Location: LOCATION
 * (absolute, or relative to the request). By git's rule the new URL must end in ASKED; *OUT is it
 * without. Never from https to http, never to another scheme; on another origin *OUT has no user
 * info. FAULT_REFUSED otherwise. H2 of the hostile table. 0 or -1. */
int url_redirect(const struct url *from, const char *asked, const char *location, struct url *out,
                 struct fault *fault);

#endif
