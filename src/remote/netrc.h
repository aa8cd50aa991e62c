/* SPDX-License-Identifier: MIT */
/* .netrc: user names and passwords by machine, the file that ftp(1) began with.
 *
 *   machine git.example.org login alice password "two words"
 *   macdef init
 *   lines of a macro, up to an empty line
 *
 *   default login anonymous password guest
 *
 * Words stand between blanks and newlines, in any arrangement of lines. A word may be quoted, with
 * \" \\ \n \r \t inside, as curl has it. '#' where a keyword could stand begins a comment. The
 * first entry that fits counts; `default` fits every machine. Keywords may be in upper case, as
 * curl has it. Unknown words are passed over, and so is whatever is for another machine.
 */
#ifndef SMIDGIT_NETRC_H
#define SMIDGIT_NETRC_H

#include "proto/fault.h"

#include <stdbool.h>
#include <stddef.h>

enum {
    NETRC_MAX = 1 << 20 /* bytes of the file: far more than anyone's, little enough to hold */
};

struct netrc_entry {
    char *user, *password; /* in text; NULL when the entry has none */
    char *text;            /* of the whole file, and how many bytes that is */
    size_t size;
};

struct netrc_query {
    const char *host, *user; /* user: or NULL for any; an entry without `login` fits every user */
    bool redirected;         /* to this host: `default` does not fit, nobody named the host */
};

/* The entry in TEXT[0..SIZE] that fits QUERY; its words stand in TEXT, which is written to (the
 * byte behind it too). 1, 0 when there is none, -1 with FAULT_LOCAL and the line's number. */
int netrc_find(char *text, size_t size, const struct netrc_query *query, struct netrc_entry *out,
               struct fault *fault);

/* The same in the file that NETRC names, else ~/.netrc; no such file: 0. A file that others can
 * read and that holds a password for the host is refused (C3). 1, which netrc_forget() follows, 0
 * or -1. */
int netrc_load(const struct netrc_query *query, struct netrc_entry *out, struct fault *fault);

/* Overwrites and frees the text. */
void netrc_forget(struct netrc_entry *entry);

#endif
