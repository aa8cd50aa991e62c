/* SPDX-License-Identifier: MIT */
#include "objects/commits.h"

#include "objects/commit_text.h"
#include "objects/peel.h"
#include "proto/object.h"
#include "system/array.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_ROOM = 256, IN_QUEUE = 1 /* a flag of commits_is_ancestor() */ };

void commits_open(struct commits *commits, struct odb *odb, const struct oid *shallow,
                  size_t shallow_count, struct fault *fault)
{
    *commits = (struct commits){
        .odb = odb, .shallow = shallow, .shallow_count = shallow_count, .fault = fault};
}

void commits_close(struct commits *commits)
{
    free(commits->commits);
    free(commits->parents);
    free(commits->slots);
    *commits = (struct commits){.count = 0};
}

static int no_memory(const struct commits *commits)
{
    return fault_set(commits->fault, FAULT_LIMIT, "no memory for a history of %lu commits",
                     (unsigned long)commits->count);
}

/* The slot where the commit OID is, or would be. */
static size_t slot_of(const struct commits *commits, const struct oid *oid)
{
    size_t slot;
    memcpy(&slot, oid->id, sizeof slot);
    for (slot &= commits->slot_count - 1; commits->slots[slot];
         slot = (slot + 1) & (commits->slot_count - 1))
        if (oid_equal(&commits->commits[commits->slots[slot] - 1].oid, oid))
            break;
    return slot;
}

uint32_t commits_find(const struct commits *commits, const struct oid *oid)
{
    if (commits->slot_count == 0)
        return COMMIT_NONE;
    return commits->slots[slot_of(commits, oid)] - 1; /* an empty slot's 0 becomes COMMIT_NONE */
}

/* Room for one more: the table of slots is at most half full. */
static int grow(struct commits *commits)
{
    uint32_t room = commits->room ? 2 * commits->room : FIRST_ROOM;
    if (commits->count < commits->room)
        return 0;
    struct commit *more =
        room > UINT32_MAX / 4 ? NULL : realloc(commits->commits, room * sizeof *more);
    if (more == NULL)
        return no_memory(commits);
    commits->commits = more;
    uint32_t *slots = calloc((size_t)room * 2, sizeof *slots);
    if (slots == NULL)
        return no_memory(commits);
    free(commits->slots);
    commits->slots = slots;
    commits->slot_count = (size_t)room * 2;
    commits->room = room;
    for (uint32_t i = 0; i < commits->count; i++)
        slots[slot_of(commits, &commits->commits[i].oid)] = i + 1;
    return 0;
}

int commits_number(struct commits *commits, const struct oid *oid, uint32_t *out)
{
    *out = commits_find(commits, oid);
    if (*out != COMMIT_NONE)
        return 0;
    if (grow(commits) < 0)
        return -1;
    *out = commits->count++;
    commits->commits[*out] = (struct commit){.oid = *oid};
    commits->slots[slot_of(commits, oid)] = commits->count;
    return 0;
}

static int compare(const void *a, const void *b)
{
    return oid_compare(a, b);
}

static bool is_shallow(const struct commits *commits, const struct oid *oid)
{
    return commits->shallow_count > 0 && bsearch(oid, commits->shallow, commits->shallow_count,
                                                 sizeof *commits->shallow, compare) != NULL;
}

static int add_parent(struct commits *commits, const struct oid *oid)
{
    if (commits->parent_count == commits->parent_room) {
        uint32_t room = commits->parent_room ? 2 * commits->parent_room : FIRST_ROOM;
        uint32_t *more =
            room > UINT32_MAX / 4 ? NULL : realloc(commits->parents, room * sizeof *more);
        if (more == NULL)
            return no_memory(commits);
        commits->parents = more;
        commits->parent_room = room;
    }
    return commits_number(commits, oid, &commits->parents[commits->parent_count++]);
}

int commits_read(struct commits *commits, uint32_t number)
{
    struct oid oid = commits->commits[number].oid;
    const unsigned char *bytes;
    enum object_type type;
    const char *line;
    size_t size, length, person;
    int zone;
    char hex[OID_HEX];
    struct object_links links;
    struct object_link link;
    int rc;
    if (commits->commits[number].read)
        return 0;
    if (odb_read(commits->odb, &oid, PEEL_OBJECT_MAX, &type, &bytes, &size) < 0)
        return -1;
    if (type != OBJECT_COMMIT)
        return fault_set(commits->fault, FAULT_PROTOCOL, "%s is a %s, not a commit",
                         oid_hex(&oid, hex), pack_type_name(type));
    uint32_t first = commits->parent_count;
    bool shallow = is_shallow(commits, &oid);
    object_links_open(&links, type, bytes, size, oid.len);
    while ((rc = object_links_next(&links, &link, commits->fault)) == 1) {
        struct oid parent = oid_from(link.id, oid.len);
        if (link.type == OBJECT_COMMIT && !shallow && add_parent(commits, &parent) < 0)
            return -1;
    }
    if (rc < 0)
        return fault_wrap(commits->fault, "commit %s", oid_hex(&oid, hex));
    struct commit *commit = &commits->commits[number];
    line = commit_line((const char *)bytes, size, "committer", &length);
    commit->date = line ? commit_date(line, length, &person, &zone) : 0;
    commit->parents = first;
    commit->parent_count = commits->parent_count - first;
    commit->read = true;
    return 0;
}

/* A binary heap: the newest is on top. */
int commit_queue_push(struct commit_queue *queue, const struct commits *commits, uint32_t number)
{
    uint32_t *more = array_room(queue->numbers, queue->count, &queue->room, sizeof *more);
    if (more == NULL)
        return no_memory(commits);
    queue->numbers = more;
    size_t at = queue->count++;
    for (size_t above; at > 0; at = above) {
        above = (at - 1) / 2;
        if (commits->commits[queue->numbers[above]].date >= commits->commits[number].date)
            break;
        queue->numbers[at] = queue->numbers[above];
    }
    queue->numbers[at] = number;
    return 0;
}

uint32_t commit_queue_pop(struct commit_queue *queue, const struct commits *commits)
{
    uint32_t top = queue->numbers[0], last = queue->numbers[--queue->count];
    size_t at = 0;
    for (size_t below; (below = 2 * at + 1) < queue->count; at = below) {
        const uint32_t *numbers = queue->numbers;
        if (below + 1 < queue->count &&
            commits->commits[numbers[below + 1]].date > commits->commits[numbers[below]].date)
            below++;
        if (commits->commits[last].date >= commits->commits[numbers[below]].date)
            break;
        queue->numbers[at] = numbers[below];
    }
    queue->numbers[at] = last;
    return top;
}

void commit_queue_close(struct commit_queue *queue)
{
    free(queue->numbers);
    *queue = (struct commit_queue){.count = 0};
}

static int enqueue(struct commits *commits, struct commit_queue *queue, uint32_t number)
{
    if (commits->commits[number].flags & IN_QUEUE)
        return 0;
    commits->commits[number].flags |= IN_QUEUE;
    return commits_read(commits, number) < 0 ? -1 : commit_queue_push(queue, commits, number);
}

int commits_is_ancestor(struct commits *commits, const struct oid *ancestor,
                        const struct oid *descendant)
{
    struct commit_queue queue = {.count = 0};
    uint32_t wanted, number;
    int rc = commits_number(commits, ancestor, &wanted);
    if (rc == 0)
        rc = commits_number(commits, descendant, &number);
    for (uint32_t i = 0; i < commits->count; i++)
        commits->commits[i].flags = 0;
    if (rc == 0)
        rc = enqueue(commits, &queue, number);
    while (rc == 0 && queue.count > 0 && !(commits->commits[wanted].flags & IN_QUEUE)) {
        number = commit_queue_pop(&queue, commits);
        for (uint32_t i = 0; rc == 0 && i < commits->commits[number].parent_count; i++)
            rc = enqueue(commits, &queue, commits->parents[commits->commits[number].parents + i]);
    }
    commit_queue_close(&queue);
    return rc < 0 ? -1 : commits->commits[wanted].flags & IN_QUEUE;
}
