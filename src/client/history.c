/* SPDX-License-Identifier: MIT */
#include "client/history.h"

#include "objects/commit_text.h"
#include "objects/peel.h"

#include <stdlib.h>
#include <string.h>

static int no_memory(const struct history *history)
{
    return fault_set(history->workspace->fault, FAULT_LIMIT, "no memory for the history");
}

bool history_parent(const char **text, size_t *size, struct oid *out)
{
    const char *line;
    for (int length; (length = commit_next_line(text, size, &line)) >= 0 && *line != '\n';)
        if (length > 7 && memcmp(line, "parent ", 7) == 0 &&
            oid_parse(line + 7, (size_t)length - 7, out) == 0)
            return true;
    return false;
}

static int read_commit(struct history *history, struct history_commit *out)
{
    struct fault *fault = history->workspace->fault;
    const unsigned char *bytes;
    enum object_type type;
    char hex[OID_HEX];
    size_t length, person;
    int zone;
    if (odb_read(history->workspace->odb, &out->oid, PEEL_OBJECT_MAX, &type, &bytes, &out->size) <
        0)
        return -1;
    if (type != OBJECT_COMMIT)
        return fault_set(fault, FAULT_PROTOCOL, "%s is no commit", oid_hex(&out->oid, hex));
    const char *line = commit_line((const char *)bytes, out->size, "committer", &length);
    out->date = line ? commit_date(line, length, &person, &zone) : 0;
    out->text = malloc(out->size + 1);
    if (out->text == NULL)
        return no_memory(history);
    memcpy(out->text, bytes, out->size);
    out->text[out->size] = '\0';
    for (size_t i = 0; i < history->shallow.count && !out->shallow; i++)
        out->shallow = oid_equal(&history->shallow.oids[i], &out->oid);
    return 0;
}

static bool was_passed(const struct history *history, const struct oid *oid)
{
    size_t count = history->passed < HISTORY_RECENT ? history->passed : HISTORY_RECENT;
    for (size_t i = 0; i < count; i++)
        if (oid_equal(&history->recent[i], oid))
            return true;
    return false;
}

static int make_room(struct history *history)
{
    size_t room = history->room ? 2 * history->room : 64;
    if (history->count < history->room)
        return 0;
    struct history_commit *more = realloc(history->queue, room * sizeof *more);
    if (more == NULL)
        return no_memory(history);
    history->queue = more;
    history->room = room;
    return 0;
}

/* Adds the commit OID behind those that are as new, unless it is there already. */
static int push(struct history *history, const struct oid *oid)
{
    size_t at = history->count;
    for (size_t i = 0; i < history->count; i++)
        if (oid_equal(&history->queue[i].oid, oid))
            return 0;
    if (make_room(history) < 0)
        return -1;
    struct history_commit *queue = history->queue, *new = &queue[at];
    *new = (struct history_commit){.oid = *oid};
    int rc = read_commit(history, new);
    /* It can have been passed only when it is not older than the child that leads to it. */
    if (rc < 0 || (new->date >= history->now.date &&was_passed(history, oid))) {
        free(new->text);
        return rc;
    }
    const struct history_commit commit = *new;
    while (at > 0 && queue[at - 1].date >= commit.date)
        at--;
    memmove(queue + at + 1, queue + at, (history->count++ - at) * sizeof *queue);
    queue[at] = commit;
    return 0;
}

int history_open(struct history *history, struct workspace *workspace, const struct oid *oid)
{
    history->workspace = workspace;
    shallow_open(&history->shallow);
    if (shallow_read(workspace->repository.common_dir, workspace->repository.oid_len,
                     &history->shallow, workspace->fault) < 0)
        return -1;
    return push(history, oid);
}

int history_next(struct history *history)
{
    struct history_commit *now = &history->now;
    const char *at = now->text;
    size_t left = now->size;
    struct oid parent;
    if (at)
        history->recent[history->passed++ % HISTORY_RECENT] = now->oid;
    while (at && !now->shallow && history_parent(&at, &left, &parent))
        if (push(history, &parent) < 0)
            return -1;
    free(now->text);
    now->text = NULL;
    if (history->count == 0)
        return 0;
    *now = history->queue[--history->count];
    return 1;
}

void history_close(struct history *history)
{
    free(history->now.text);
    for (size_t i = 0; i < history->count; i++)
        free(history->queue[i].text);
    free(history->queue);
    shallow_close(&history->shallow);
}
