/* SPDX-License-Identifier: MIT */
#include "client/fetch_report.h"

#include "proto/bytes.h"
#include "proto/refs.h"
#include "system/array.h"
#include "system/json.h"
#include "system/texts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    SUMMARY_WIDTH = 17, /* two abbreviated ids and "...", as git reckons */
    NAME_WIDTH = 10,    /* of the first column of names, at least */
    LINE_MAX_WIDTH = 80 /* a longer line does not widen the column of all others */
};

int fetch_report_add(struct fetch_report *report, const struct report_line *line,
                     struct fault *fault)
{
    struct report_line *more =
        array_room(report->lines, report->count, &report->room, sizeof *more);
    if (more == NULL)
        return fault_set(fault, FAULT_LIMIT, "no memory for a report");
    report->lines = more;
    struct report_line kept = *line;
    kept.from = texts_keep(&report->names, line->from, strlen(line->from));
    kept.to = texts_keep(&report->names, line->to, strlen(line->to));
    if (kept.from == NULL || kept.to == NULL)
        return fault_set(fault, FAULT_LIMIT, "no memory for a report");
    report->lines[report->count++] = kept;
    return 0;
}

void fetch_report_free(struct fetch_report *report)
{
    texts_free(report->names);
    free(report->lines);
    *report = (struct fetch_report){.count = 0};
}

/* "origin/main" for "refs/remotes/origin/main"; control bytes in caret form. */
static const char *pretty(const char *name, char out[2 * REFS_NAME_MAX])
{
    static const char *const folders[] = {"refs/heads/", "refs/tags/", "refs/remotes/"};
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        if (strncmp(name, folders[i], strlen(folders[i])) == 0) {
            name += strlen(folders[i]);
            break;
        }
    bytes_caret(name, strlen(name), "", out, 2 * REFS_NAME_MAX);
    return out;
}

/* Characters, not bytes, of UTF-8. */
static size_t width_of(const char *text)
{
    size_t width = 0;
    for (; *text; text++)
        width += ((unsigned char)*text & 0xc0) != 0x80;
    return width;
}

void fetch_report_show(const struct fetch_report *report, const char *url)
{
    char from[2 * REFS_NAME_MAX], to[2 * REFS_NAME_MAX];
    size_t column = NAME_WIDTH;
    if (report->count == 0)
        return;
    for (size_t i = 0; i < report->count; i++) {
        size_t width = width_of(pretty(report->lines[i].from, from));
        if (4 + SUMMARY_WIDTH + width + 4 + width_of(pretty(report->lines[i].to, to)) <
                LINE_MAX_WIDTH &&
            width > column)
            column = width;
    }
    fprintf(stderr, "From %s\n", url);
    for (size_t i = 0; i < report->count; i++) {
        const struct report_line *line = &report->lines[i];
        size_t width = width_of(pretty(line->from, from));
        fprintf(stderr, " %c %-*s %s%*s -> %s%s%s%s\n", line->flag, SUMMARY_WIDTH, line->summary,
                from, width < column ? (int)(column - width) : 0, "", pretty(line->to, to),
                line->reason ? "  (" : "", line->reason ? line->reason : "",
                line->reason ? ")" : "");
    }
}

static const char *result_of(const struct report_line *line)
{
    static const struct {
        char flag;
        const char *result;
    } results[] = {{' ', "forwarded"}, {'+', "forced"},   {'t', "forced"},
                   {'-', "pruned"},    {'!', "rejected"}, {'=', "unchanged"}};
    for (size_t i = 0; i < sizeof results / sizeof *results; i++)
        if (results[i].flag == line->flag)
            return results[i].result;
    return strcmp(line->to, "FETCH_HEAD") == 0 ? "fetched" : "new";
}

void fetch_report_tell(const struct fetch_report *report, const char *remote, const char *url)
{
    for (size_t i = 0; i < report->count; i++) {
        const struct report_line *line = &report->lines[i];
        struct json json = {stdout, '{'};
        json_text(&json, "ref", line->to);
        json_text(&json, "from", line->flag == '-' ? NULL : line->from);
        json_text(&json, "remote", remote);
        json_text(&json, "url", url);
        json_oid(&json, "old", &line->old);
        json_oid(&json, "new", &line->new);
        json_text(&json, "result", result_of(line));
        json_text(&json, "reason", line->reason);
        json_end(&json);
    }
}
