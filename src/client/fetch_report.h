/* SPDX-License-Identifier: MIT */
/* What a fetch has done to each reference, as git shows it (git-fetch, "OUTPUT"). */
#ifndef SMIDGIT_FETCH_REPORT_H
#define SMIDGIT_FETCH_REPORT_H

#include "proto/fault.h"
#include "proto/oid.h"

#include <stdbool.h>
#include <stddef.h>

/*  " * [new branch]      main       -> origin/main  (reason)" */
struct report_line {
    char flag;         /* ' ' fast-forward, '+' forced, '-' deleted, 't' tag, '*' new, '!' rejected,
                          '=' up to date */
    char summary[160]; /* "[new branch]", "1234567..89abcde" */
    const char *from, *to; /* full names; TO "FETCH_HEAD" as it is */
    const char *reason;    /* or NULL */
    struct oid old, new;   /* no length: there is none */
};

struct fetch_report {
    struct report_line *lines;
    size_t count, room;
    struct texts *names;
};

/* The names are copied, the reason is not. 0 or -1 (memory). */
int fetch_report_add(struct fetch_report *report, const struct report_line *line,
                     struct fault *fault);
void fetch_report_free(struct fetch_report *report);

/* Writes "From URL" and the lines to stderr; nothing when there are none. */
void fetch_report_show(const struct fetch_report *report, const char *url);

/* Writes the lines to stdout as JSON, an object a line. REMOTE: the name of URL, or NULL. */
void fetch_report_tell(const struct fetch_report *report, const char *remote, const char *url);

#endif
