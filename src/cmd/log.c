/* SPDX-License-Identifier: MIT */
/* smidgit log: history as git shows it. */
#include "client/history.h"
#include "cmd/commands.h"
#include "objects/commit_text.h"
#include "objects/peel.h"
#include "proto/bytes.h"
#include "system/interrupt.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct log {
    struct workspace workspace;
    struct history history;
    unsigned long most; /* 0: all */
    const char *digits; /* -N: what stands behind its first digit */
    bool oneline;
    char *room; /* for a text of the commit as it may be shown */
};

enum { SHOWN_PER_BYTE = 4, TAB = 8 };

/* "Thu Nov 27 01:21:46 2026 +0100", by the commit's own clock. */
static void show_date(uint64_t date, int zone)
{
    static const char days[] = "SunMonTueWedThuFriSat",
                      months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    struct tm tm;
    time_t seconds = (time_t)date + (zone / 100 * 60 + zone % 100) * 60;
    if (date > INT64_MAX / 2 || gmtime_r(&seconds, &tm) == NULL) {
        zone = 0;
        seconds = 0;
        gmtime_r(&seconds, &tm);
    }
    printf("Date:   %.3s %.3s %d %02d:%02d:%02d %d %+05d\n", days + 3 * tm.tm_wday,
           months + 3 * tm.tm_mon, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec, tm.tm_year + 1900,
           zone);
}

/* TEXT with blanks for its tabs. */
static void show_line(const char *text)
{
    int column = 0;
    for (; *text; text++) {
        int blanks = *text == '\t' ? TAB - column % TAB : 0;
        column += blanks ? blanks : ((unsigned char)*text & 0xc0) != 0x80;
        if (blanks)
            printf("%*s", blanks, "");
        else
            putchar(*text);
    }
    putchar('\n');
}

static void show_message(const struct log *log, const char *text, size_t size)
{
    const char *line;
    size_t empty = 0;
    bool begun = false;
    commit_message(&text, &size);
    for (int length; (length = commit_next_line(&text, &size, &line)) >= 0;) {
        empty += length == 0;
        if (length == 0)
            continue;
        if (!begun)
            putchar('\n');
        begun = true;
        for (; empty > 0; empty--)
            puts("    ");
        bytes_caret(line, (size_t)length, "\t", log->room, SHOWN_PER_BYTE * (size_t)length + 1);
        fputs("    ", stdout);
        show_line(log->room);
    }
}

/* "Merge: 1234567 89abcde" */
static void show_parents(struct log *log, const struct history_commit *commit)
{
    const char *at = commit->text;
    size_t left = commit->size;
    struct oid parent, first;
    char hex[OID_HEX];
    int count = 0;
    for (; history_parent(&at, &left, &parent); count++) {
        if (count == 0) {
            first = parent;
            continue;
        }
        if (count == 1)
            printf("Merge: %.*s", (int)odb_abbreviation(log->workspace.odb, &first),
                   oid_hex(&first, hex));
        printf(" %.*s", (int)odb_abbreviation(log->workspace.odb, &parent), oid_hex(&parent, hex));
    }
    if (count > 1)
        putchar('\n');
}

static int show(struct log *log, const struct history_commit *commit, bool first)
{
    char hex[OID_HEX];
    size_t length, person, room = SHOWN_PER_BYTE * commit->size + 1;
    int zone;
    log->room = malloc(room);
    if (log->room == NULL)
        return fault_set(log->workspace.fault, FAULT_LIMIT, "no memory for a commit");
    oid_hex(&commit->oid, hex);
    if (log->oneline) {
        commit_subject(commit->text, commit->size, log->room, room);
        printf("%.*s ", (int)odb_abbreviation(log->workspace.odb, &commit->oid), hex);
        fputs(log->room, stdout);
        putchar('\n');
    } else {
        printf("%scommit %s\n", first ? "" : "\n", hex);
        if (!commit->shallow)
            show_parents(log, commit);
        const char *author = commit_line(commit->text, commit->size, "author", &length);
        if (author) {
            uint64_t date = commit_date(author, length, &person, &zone);
            bytes_caret(author, person, "", log->room, room);
            printf("Author: %s\n", log->room);
            show_date(date, zone);
        }
        show_message(log, commit->text, commit->size);
    }
    free(log->room);
    return 0;
}

static int work(struct log *log, const char *revision, struct fault *fault)
{
    struct workspace *workspace = &log->workspace;
    const char *branch = workspace->head.branch;
    struct oid oid;
    uint64_t most;
    if (log->digits) {
        const char *number = log->digits - 1;
        if (bytes_decimal(number, strlen(number), &most) < 0 || most == 0)
            return fault_set(fault, FAULT_USAGE, "log: '-%.40s' is no number", number);
        log->most = (unsigned long)most;
    }
    if (revision == NULL && branch && workspace->head.oid.len == 0)
        return fault_set(fault, FAULT_LOCAL,
                         "your current branch '%.200s' does not have any commits yet",
                         revision_short(&workspace->revisions, branch));
    if (revision_resolve(&workspace->revisions, revision ? revision : "HEAD", &oid) < 0 ||
        peel_to_commit(workspace->odb, &oid, &oid, fault) < 0 ||
        history_open(&log->history, workspace, &oid) < 0)
        return -1;
    int rc = 1;
    for (unsigned long i = 0; rc > 0 && (log->most == 0 || i < log->most) && !ferror(stdout); i++) {
        rc = interrupt_seen ? fault_set(fault, FAULT_INTERRUPTED, "interrupted")
                            : history_next(&log->history);
        if (rc > 0 && show(log, &log->history.now, i == 0) < 0)
            rc = -1;
    }
    return rc < 0 ? -1 : 0;
}

static int run(void *self, int count, char **arguments, struct fault *fault)
{
    struct log *log = self;
    if (count > 1)
        return fault_set(fault, FAULT_USAGE, "log: at most one revision");
    signal(SIGPIPE, SIG_DFL); /* who reads the first lines only wants no complaint */
    int rc = workspace_open(&log->workspace, fault);
    if (rc == 0)
        rc = work(log, count ? arguments[0] : NULL, fault);
    history_close(&log->history);
    workspace_close(&log->workspace);
    return rc;
}

/* -12 is read as -1 with the value 2. */
#define DIGIT(digit)                                                                           \
    {                                                                                          \
        NULL, digit, OPTION_OPTIONAL, offsetof(struct log, digits), .word = NULL, .help = NULL \
    }

static const struct option options[] = {
    {"max-count", 'n', OPTION_NUMBER, offsetof(struct log, most), .word = "N",
     .help = "only the first N commits; also -N"},
    {"oneline", 0, OPTION_FLAG, offsetof(struct log, oneline),
     .help = "abbreviated id and subject"},
    DIGIT('1'),
    DIGIT('2'),
    DIGIT('3'),
    DIGIT('4'),
    DIGIT('5'),
    DIGIT('6'),
    DIGIT('7'),
    DIGIT('8'),
    DIGIT('9'),
    {.kind = OPTION_REST},
};

const struct command log_command = {
    .name = "log",
    .summary = "history, the newest commit first",
    .usage = "log [-n N | -N] [--oneline] [REVISION]",
    .options = options,
    .size = sizeof(struct log),
    .run = run,
};
