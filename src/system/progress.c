/* SPDX-License-Identifier: MIT */
/* The forms are git's, known from its progress.c and sideband.c (no document has them):
 *
 *   TITLE: DONE[, BYTES | RATE/s]                     total unknown
 *   TITLE: NNN% (DONE/TOTAL)[, BYTES | RATE/s]        CR after it, at the end ", done." LF
 *   (", M:SS left" behind a line that is not the last is not git's)
 *   remote: TEXT SUFFIX                               SUFFIX clears what stood there before
 */
#include "system/progress.h"

#include "proto/bytes.h"
#include "system/monotonic.h"
#include "system/progress_counters.h"
#include "system/terminal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    PROGRESS_STEP_MS = 100, /* between two updates, so that a slow terminal does not brake */
    PROGRESS_IDLE_MS = 1000 /* after which a line is shown again, though its percent is the same */
};

static bool terminal_can_erase(void)
{
    const char *term = getenv("TERM");
    return isatty(STDERR_FILENO) && term && strcmp(term, "dumb") != 0;
}

static bool in_foreground(void)
{
    pid_t group = tcgetpgrp(STDERR_FILENO);
    return group < 0 || group == getpgrp();
}

static void line_show(struct progress *progress, int64_t now, bool done)
{
    static const char end[] = ", done.";
    char counters[256], line[320];
    progress_counters(progress, now, counters, sizeof counters - sizeof end);
    if (done)
        strcat(counters, end);
    int length = (int)strlen(counters);
    int clear = length < progress->width ? progress->width - length : 0;
    snprintf(line, sizeof line, "%s: %s%*s", progress->title, counters, clear, "");
    if (done)
        fprintf(stderr, "%s\n", line);
    else if (in_foreground())
        terminal_line(line, &progress->columns);
    else
        return;
    progress->width = length;
    progress->shown = true;
    progress->last_ms = now;
}

void progress_begin(struct progress *progress, const char *title, uint64_t total, bool enabled,
                    bool throughput, unsigned delay_ms)
{
    *progress = (struct progress){.title = title,
                                  .total = total,
                                  .enabled = enabled,
                                  .throughput = throughput,
                                  .delay_ms = delay_ms,
                                  .percent = -1};
    if (!enabled)
        return;
    progress->started_ms = monotonic_ms();
    progress->last_ms = progress->started_ms - PROGRESS_STEP_MS;
}

/* Of objects or files: a hundred times as many can be counted. */
static int percent_of(uint64_t done, uint64_t total)
{
    if (done < total)
        return (int)(done * 100 / total);
    return total > 0 ? 100 : 0;
}

void progress_update(struct progress *progress, uint64_t done, uint64_t bytes)
{
    progress->done = done;
    progress->bytes = bytes;
    if (!progress->enabled)
        return;
    int64_t now = monotonic_ms();
    int percent = percent_of(done, progress->total);
    if (now - progress->started_ms < (int64_t)progress->delay_ms ||
        now - progress->last_ms < PROGRESS_STEP_MS)
        return;
    if (percent == progress->percent && now - progress->last_ms < PROGRESS_IDLE_MS)
        return;
    progress->percent = percent;
    line_show(progress, now, false);
}

void progress_end(struct progress *progress, bool done)
{
    if (progress->enabled && !done && progress->shown) {
        fputc('\n', stderr);
    } else if (progress->enabled && done && (progress->shown || progress->delay_ms == 0)) {
        progress->percent = percent_of(progress->done, progress->total);
        line_show(progress, monotonic_ms(), true);
    }
    progress->enabled = false;
}

bool progress_wanted(bool quiet, bool forced)
{
    return forced || (!quiet && isatty(STDERR_FILENO));
}

/* Shows what is in the line. SUFFIX and END come behind it. */
static void text_show(struct remote_lines *lines, const char *suffix, const char *end)
{
    char shown[4 * sizeof lines->line + 1];
    bytes_caret(lines->line, lines->used, "\t", shown, sizeof shown);
    fprintf(stderr, "%s%s%s%s", lines->open ? "" : "remote: ", shown, suffix, end);
    lines->used = 0;
}

static void line_break(struct remote_lines *lines, const char *end)
{
    const char *clear = lines->terminal ? "\033[K" : "        ";
    bool empty = lines->used == 0 && !lines->open;
    text_show(lines, empty ? "" : clear, end);
    lines->open = false;
    lines->returned = *end == '\r';
}

static void lines_progress(struct band_listener *listener, const unsigned char *text, size_t size)
{
    struct remote_lines *lines = (struct remote_lines *)listener;
    if (lines->quiet)
        return;
    for (size_t i = 0; i < size; i++) {
        if (text[i] == '\n' || text[i] == '\r') {
            line_break(lines, text[i] == '\n' ? "\n" : "\r");
            continue;
        }
        if (lines->used == sizeof lines->line) {
            text_show(lines, "", "");
            lines->open = true;
        }
        lines->line[lines->used++] = (char)text[i];
    }
}

void remote_lines_open(struct remote_lines *lines, bool quiet)
{
    *lines = (struct remote_lines){
        .listener = {.progress = lines_progress}, .quiet = quiet, .terminal = terminal_can_erase()};
}

void remote_lines_end(struct remote_lines *lines)
{
    if (lines->used > 0 || lines->open)
        text_show(lines, "", "\n");
    else if (lines->returned)
        fputc('\n', stderr);
    lines->open = lines->returned = false;
}
