/* SPDX-License-Identifier: MIT */
#include "client/negotiate.h"

enum {
    SEEN = 1,   /* was in the queue */
    TAKEN = 2,  /* is no longer there */
    COMMON = 4, /* the server has it */
    KNOWN = 8 /* and has said so before it was told: it is told, as git does, but none before it */
};
enum { SKIP_MAX = 0x7fff }; /* commits that are passed over at a time */

void negotiate_open(struct negotiate *negotiate, struct commits *commits)
{
    *negotiate = (struct negotiate){.commits = commits};
    for (uint32_t i = 0; i < commits->count; i++) {
        struct commit *commit = &commits->commits[i];
        commit->flags = 0;
        commit->skip = commit->wait = 0;
    }
}

void negotiate_close(struct negotiate *negotiate)
{
    commit_queue_close(&negotiate->queue);
}

static int push(struct negotiate *negotiate, uint32_t number, unsigned char flags)
{
    struct commits *commits = negotiate->commits;
    if (commits_read(commits, number) < 0)
        return -1;
    struct commit *commit = &commits->commits[number];
    commit->flags |= flags | SEEN;
    if (!(commit->flags & COMMON))
        negotiate->open++;
    return commit_queue_push(&negotiate->queue, commits, number);
}

static int push_once(struct negotiate *negotiate, const struct oid *oid, unsigned char flags)
{
    uint32_t number;
    if (commits_number(negotiate->commits, oid, &number) < 0)
        return -1;
    return negotiate->commits->commits[number].flags & SEEN ? 0 : push(negotiate, number, flags);
}

int negotiate_tip(struct negotiate *negotiate, const struct oid *oid)
{
    return push_once(negotiate, oid, 0);
}

int negotiate_known(struct negotiate *negotiate, const struct oid *oid)
{
    return push_once(negotiate, oid, KNOWN);
}

/* NUMBER, and all before it that was met, are the server's too. What was not met yet learns it from
 * what comes after it. */
static int mark_common(struct negotiate *negotiate, uint32_t number)
{
    struct commits *commits = negotiate->commits;
    struct commit_queue stack = {.count = 0};
    int rc = commit_queue_push(&stack, commits, number);
    while (rc == 0 && stack.count > 0) {
        struct commit *commit = &commits->commits[stack.numbers[--stack.count]];
        if (commit->flags & COMMON || !(commit->flags & SEEN))
            continue;
        commit->flags |= COMMON;
        if (!(commit->flags & TAKEN))
            negotiate->open--;
        for (uint32_t i = 0; rc == 0 && i < commit->parent_count; i++)
            rc = commit_queue_push(&stack, commits, commits->parents[commit->parents + i]);
    }
    commit_queue_close(&stack);
    return rc;
}

/* A parent of CHILD is due, with CHILD's steps. 1 when it is, or was, to be looked at; 0 when it
 * was taken already: dates do not always fall; -1. */
static int push_parent(struct negotiate *negotiate, uint32_t child, uint32_t parent)
{
    struct commits *commits = negotiate->commits;
    if (commits->commits[parent].flags & TAKEN)
        return 0;
    if (!(commits->commits[parent].flags & SEEN) && push(negotiate, parent, 0) < 0)
        return -1;
    const struct commit *from = &commits->commits[child];
    struct commit *to = &commits->commits[parent];
    if (from->flags & (COMMON | KNOWN))
        return mark_common(negotiate, parent) < 0 ? -1 : 1;
    unsigned skip = from->wait ? from->skip : from->skip * 3U / 2 + 1;
    if (skip > SKIP_MAX)
        skip = SKIP_MAX;
    if (to->skip < skip) {
        to->skip = (uint16_t)skip;
        to->wait = from->wait ? (uint16_t)(from->wait - 1) : (uint16_t)skip;
    }
    return 1;
}

int negotiate_next(struct negotiate *negotiate, struct oid *out)
{
    struct commits *commits = negotiate->commits;
    while (negotiate->queue.count > 0 && negotiate->open > 0) {
        uint32_t number = commit_queue_pop(&negotiate->queue, commits);
        struct commit *commit = &commits->commits[number];
        bool told = !(commit->flags & COMMON), pushed = false;
        commit->flags |= TAKEN;
        if (told)
            negotiate->open--;
        uint32_t first = commit->parents, count = commit->parent_count;
        bool due = told && commit->wait == 0;
        for (uint32_t i = 0; i < count; i++) {
            int rc = push_parent(negotiate, number, commits->parents[first + i]);
            if (rc < 0)
                return -1;
            pushed = pushed || rc == 1;
        }
        /* Where history begins there is nothing further back that could be told instead. */
        if (due || (told && !pushed)) {
            *out = commits->commits[number].oid;
            return 1;
        }
    }
    return 0;
}

int negotiate_acknowledged(struct negotiate *negotiate, const struct oid *oid, bool *is_new)
{
    uint32_t number = commits_find(negotiate->commits, oid);
    *is_new = number != COMMIT_NONE && !(negotiate->commits->commits[number].flags & COMMON);
    return *is_new ? mark_common(negotiate, number) : 0;
}
