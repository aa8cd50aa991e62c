/* SPDX-License-Identifier: MIT */
/* Histories for unit tests, made by git fast-import in "repo" of the scratch directory. */
#ifndef SMIDGIT_HISTORY_H
#define SMIDGIT_HISTORY_H

#include "packdir.h"

enum { HISTORY_PARENTS = 8, HISTORY_ORDERED = 64 };

struct history {
    size_t count;
    struct oid *oids;
    uint64_t *dates;
    size_t (*parents)[HISTORY_PARENTS];
    size_t *parent_counts;
    bool before[HISTORY_ORDERED][HISTORY_ORDERED]; /* [a][b]: b is a, or before it */
    struct oid cut;                                /* where it is shallow; len 0: nowhere */
};

/* Histories of many shapes, in the words of history_make(). */
static const struct {
    const char *why, *history;
} history_shapes[] = {
    {"one", "100"},
    {"a line", "100 110:0 120:1 130:2 140:3"},
    {"two lines", "100 110:0 105 115:2"},
    {"a merge", "100 110:0 120:0 130:1,2 140:3"},
    {"a diamond of diamonds", "1 2:0 3:0 4:1,2 5:3 6:3 7:4,5 8:6"},
    {"an octopus", "1 2:0 3:0 4:0 5 6:1,2,3,4 7:5"},
    {"a parent twice", "1 2:0,0 3:1"},
    {"a long way and a short one", "1 2:0 3:1 4:2 5:3 6:4,1 7:5"},
    {"equal dates", "5 5:0 5:0 5:1,2 5:3 5:1"},
    {"dates that fall", "90 80:0 70:1 60:2 50:3"},
    {"a clock that was wrong", "100 110:0 5:1 120:2 4000000000:0 130:4,3"},
    {"no dates", "0 0:0 0:1 0:0"},
    {"criss-cross", "1 2:0 3:0 4:1,2 5:2,1 6:3,4 7:4,3"},
    {"two roots that meet", "1 2 3:0,1 4:2"},
};

/* No configuration but the repository's own. */
static inline void history_environment(void)
{
    setenv("GIT_CONFIG_NOSYSTEM", "1", 1);
    setenv("GIT_CONFIG_GLOBAL", "", 1);
}

static inline void history_free(struct history *history)
{
    free(history->oids);
    free(history->dates);
    free(history->parents);
    free(history->parent_counts);
    *history = (struct history){.count = 0};
}

/* The ids, in their order, that git says; more are dropped. */
static inline size_t history_ids(const char *command, struct oid *out, size_t room)
{
    FILE *pipe = popen(command, "r");
    char line[256];
    size_t count = 0;
    while (pipe && fgets(line, sizeof line, pipe))
        if (count < room && oid_parse(line, strcspn(line, "\n"), &out[count]) == 0)
            count++;
    if (pipe)
        pclose(pipe);
    return count;
}

/* What is before what, as git rev-list has it. */
static inline void history_order(struct history *history)
{
    struct oid found[HISTORY_ORDERED];
    memset(history->before, 0, sizeof history->before);
    for (size_t i = 0; i < history->count; i++) {
        char command[128], hex[OID_HEX];
        snprintf(command, sizeof command, "git -C repo rev-list %s",
                 oid_hex(&history->oids[i], hex));
        size_t count = history_ids(command, found, HISTORY_ORDERED);
        for (size_t k = 0; k < history->count; k++)
            for (size_t n = 0; n < count; n++)
                if (oid_equal(&found[n], &history->oids[k]))
                    history->before[i][k] = true;
    }
}

static inline void history_read(struct history *history, const char *text)
{
    size_t most = strlen(text) / 2 + 1;
    *history = (struct history){.oids = calloc(most, sizeof *history->oids),
                                .dates = calloc(most, sizeof *history->dates),
                                .parents = calloc(most, sizeof *history->parents),
                                .parent_counts = calloc(most, sizeof *history->parent_counts)};
    while (*text) {
        char *end;
        size_t number = history->count++;
        history->dates[number] = strtoull(text, &end, 10);
        while (*end == ':' || *end == ',') {
            size_t *count = &history->parent_counts[number];
            size_t parent = strtoul(end + 1, &end, 10);
            if (*count == HISTORY_PARENTS || parent >= number)
                abort();
            history->parents[number][(*count)++] = parent;
        }
        text = end + (*end == ' ');
        if (*end && *end != ' ')
            abort();
    }
}

/* "DATE[:PARENT,PARENT] ..." of each commit; parents are numbers, from 0. refs/heads/last leads to
 * the last one. */
static inline void history_make(struct history *history, const char *text)
{
    history_read(history, text);
    new_repo();
    FILE *pipe = popen("git -C repo fast-import --quiet --export-marks=../marks 2>&1", "w");
    for (size_t i = 0; pipe && i < history->count; i++) {
        fprintf(pipe, "reset refs/heads/last\n\ncommit refs/heads/last\nmark :%zu\n", i + 1);
        fprintf(pipe, "committer T <t@example.org> %llu +0000\ndata <<E\n%zu\nE\n",
                (unsigned long long)history->dates[i], i);
        for (size_t k = 0; k < history->parent_counts[i]; k++)
            fprintf(pipe, "%s :%zu\n", k ? "merge" : "from", history->parents[i][k] + 1);
    }
    CHECK(pipe && pclose(pipe) == 0, "git fast-import");
    size_t count =
        history_ids("sort -t: -k2n marks | cut -d' ' -f2", history->oids, history->count);
    CHECK(count == history->count, "%zu of %zu commits", count, history->count);
    if (history->count <= HISTORY_ORDERED)
        history_order(history);
}

/* Makes the repository shallow at that commit. */
static inline void history_cut(struct history *history, size_t number)
{
    char hex[OID_HEX + 1];
    oid_hex(&history->oids[number], hex);
    strcat(hex, "\n");
    file_make("repo/shallow", hex);
    history->cut = history->oids[number];
    history_order(history);
}

#endif
