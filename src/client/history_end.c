/* SPDX-License-Identifier: MIT */
#include "client/history_end.h"

#include "objects/commits.h"
#include "objects/peel.h"
#include "system/oids.h"

/* What is missing, sorted, and how many of it were met as somebody's parents. */
struct ends {
    struct commits commits;
    const struct oid *missing;
    size_t count, met;
    struct shallow_list *list;
    struct fault *fault;
};

static bool is_missing(const struct ends *ends, uint32_t number)
{
    return oids_have(ends->missing, ends->count, &ends->commits.commits[number].oid);
}

/* The commits of TIPS get the first numbers. A tag may lead to something else than a commit, but
 * not to what is missing. */
static int number_tips(struct ends *ends, const struct oid *tips, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct oid commit;
        uint32_t number;
        if (!odb_has(ends->commits.odb, &tips[i]))
            return 1;
        if (peel_to_commit(ends->commits.odb, &tips[i], &commit, ends->fault) < 0) {
            /* When it was a tag that led to nothing, nobody's parent is that. */
            fault_clear(ends->fault);
            continue;
        }
        if (commits_number(&ends->commits, &commit, &number) < 0)
            return -1;
        if (is_missing(ends, number))
            return 1;
    }
    return 0;
}

static bool ends_here(const struct ends *ends, uint32_t number)
{
    const struct commits *commits = &ends->commits;
    const struct commit *commit = &commits->commits[number];
    for (uint32_t i = 0; i < commit->parent_count; i++)
        if (is_missing(ends, commits->parents[commit->parents + i]))
            return true;
    return false;
}

/* Parents get their numbers when their children are read: in the order of the numbers the history
 * is walked layer by layer. */
static int walk(struct ends *ends, unsigned long *depth)
{
    struct commits *commits = &ends->commits;
    unsigned long deep = 0;
    for (uint32_t number = 0, layer = 0; number < commits->count; number++) {
        if (number == layer) {
            layer = commits->count;
            deep++;
        }
        if (is_missing(ends, number)) {
            ends->met++;
            continue;
        }
        if (commits_read(commits, number) < 0)
            return -1;
        if (!ends_here(ends, number))
            continue;
        *depth = deep;
        if (shallow_add(ends->list, &commits->commits[number].oid) < 0)
            return fault_set(ends->fault, FAULT_LIMIT, "no memory for shallow commits");
    }
    return 0;
}

int history_end_find(struct odb *odb, const struct oid *tips, size_t tip_count,
                     const struct oid *missing, size_t missing_count, struct shallow_list *list,
                     unsigned long *depth, struct fault *fault)
{
    struct ends ends = {.missing = missing, .count = missing_count, .list = list, .fault = fault};
    *depth = 0;
    commits_open(&ends.commits, odb, NULL, 0, fault);
    int rc = number_tips(&ends, tips, tip_count);
    if (rc == 0)
        rc = walk(&ends, depth);
    commits_close(&ends.commits);
    return rc == 0 && ends.met < missing_count ? 1 : rc;
}
