/* SPDX-License-Identifier: MIT */
/* Where a history ends that came to some depth only: in histories of many shapes, cut at each
 * depth, the commits of which a parent is missing, and nothing when more than parents is missing.
 */
#include "client/history_end.h"

#include "history.h"
#include "system/oids.h"

static struct fault fault;

/* How many commits deep each is, from 1: that of tips, which are nobody's parents. Children have
 * higher numbers. */
static void depths(const struct history *history, unsigned long *out)
{
    for (size_t i = history->count; i-- > 0;) {
        out[i] = out[i] == 0 ? 1 : out[i];
        for (size_t k = 0; k < history->parent_counts[i]; k++) {
            size_t parent = history->parents[i][k];
            if (out[parent] == 0 || out[parent] > out[i] + 1)
                out[parent] = out[i] + 1;
        }
    }
}

static bool is_tip(const struct history *history, size_t number)
{
    for (size_t i = 0; i < history->count; i++)
        for (size_t k = 0; k < history->parent_counts[i]; k++)
            if (history->parents[i][k] == number)
                return false;
    return true;
}

static void cut_at(const char *why, const struct history *history, const unsigned long *deep,
                   unsigned long depth)
{
    struct odb *odb = odb_open(git_dir, &hash_sha1, 1 << 20, &fault);
    struct oid tips[64], missing[64], ends[64], other = {.len = OID_SHA1};
    size_t tip_count = 0, missing_count = 0, end_count = 0;
    unsigned long found;
    struct shallow_list list;
    for (size_t i = 0; i < history->count; i++) {
        bool end = false;
        if (is_tip(history, i))
            tips[tip_count++] = history->oids[i];
        for (size_t k = 0; deep[i] <= depth && k < history->parent_counts[i]; k++) {
            size_t parent = history->parents[i][k];
            if (deep[parent] <= depth)
                continue;
            missing[missing_count++] = history->oids[parent];
            end = true;
        }
        if (end)
            ends[end_count++] = history->oids[i];
    }
    missing_count = oids_sort(missing, missing_count);
    shallow_open(&list);
    int rc = history_end_find(odb, tips, tip_count, missing, missing_count, &list, &found, &fault);
    CHECK(rc == 0 && list.count == end_count, "%s, %lu deep: %d, %zu ends of %zu, %s", why, depth,
          rc, list.count, end_count, fault.text);
    shallow_sort(&list);
    for (size_t i = 0; i < end_count; i++)
        CHECK(oids_have(list.oids, list.count, &ends[i]), "%s, %lu deep: end %zu", why, depth, i);
    CHECK(found == (end_count ? depth : 0), "%s, %lu deep: %lu", why, depth, found);

    memset(other.id, 0xff, OID_SHA1); /* behind all others */
    missing[missing_count] = other;
    rc = history_end_find(odb, tips, tip_count, missing, missing_count + 1, &list, &found, &fault);
    CHECK(rc == 1, "%s, %lu deep: something else is missing: %d", why, depth, rc);
    tips[tip_count] = other;
    rc = history_end_find(odb, tips, tip_count + 1, missing, missing_count, &list, &found, &fault);
    CHECK(rc == 1, "%s, %lu deep: a tip is missing: %d", why, depth, rc);
    shallow_close(&list);
    odb_close(odb);
}

int main(void)
{
    scratch_open();
    history_environment();
    for (size_t i = 0; i < sizeof history_shapes / sizeof *history_shapes; i++) {
        struct history history;
        unsigned long deep[64] = {0};
        history_make(&history, history_shapes[i].history);
        depths(&history, deep);
        for (unsigned long depth = 1; depth <= history.count; depth++)
            cut_at(history_shapes[i].why, &history, deep, depth);
        history_free(&history);
    }
    close(git_dir);
    scratch_close();
    return T_DONE();
}
