/* SPDX-License-Identifier: MIT */
/* What a person sees while it works, on stderr. */
#ifndef SMIDGIT_PROGRESS_H
#define SMIDGIT_PROGRESS_H

#include "proto/band.h"

#include <stdbool.h>
#include <stdint.h>

/* "remote: ..." lines from band 2, as git shows them: CR and LF end a line, on a terminal each line
 * is followed by an erase to the end of line, control bytes in caret form. */
struct remote_lines {
    struct band_listener listener; /* hand &lines.listener to band_open() */
    char line[1024];
    size_t used;
    bool quiet, terminal;
    bool open;     /* the cursor stands in an unfinished line, */
    bool returned; /* or before one that is to be overwritten */
};
void remote_lines_open(struct remote_lines *lines, bool quiet);
void remote_lines_end(struct remote_lines *lines); /* shows what is left, and ends the line */

/* How far it was at some moment. */
struct progress_mark {
    int64_t ms; /* since the beginning */
    uint64_t done, bytes;
};

/* "Receiving objects: 100% (4/4), 964 bytes | 68.00 KiB/s, done." */
struct progress {
    const char *title;
    uint64_t total, done, bytes;
    bool enabled, shown, throughput; /* throughput: show bytes and rate */
    int64_t started_ms, last_ms;
    int percent, width;                /* width: characters that the last counters took, */
    int columns;                       /* and that the terminal had for them */
    unsigned delay_ms;                 /* nothing is shown before; 0 for Receiving objects */
    struct progress_mark older, newer; /* what progress_counters() measures from, */
    int64_t end_ms;                    /* and when it saw the end, since the beginning; 0: never */
};
void progress_begin(struct progress *progress, const char *title, uint64_t total, bool enabled,
                    bool throughput, unsigned delay_ms);
void progress_update(struct progress *progress, uint64_t done, uint64_t bytes); /* cheap */
/* Ends the line: ", done." or, when not all was DONE, as it is. */
void progress_end(struct progress *progress, bool done);

/* True when progress should be shown: --progress, or stderr is a terminal and not -q. */
bool progress_wanted(bool quiet, bool forced);

#endif
