/* SPDX-License-Identifier: MIT */
/* Which commits a server is told of: in histories of many shapes the same ones as stock git tells
 * with its algorithm "skipping", in the same order; and with servers that have any part of them,
 * never one twice, never one that is known to be there, and never too few to find what is common.
 */
#include "client/negotiate.h"

#include "history.h"

static struct fault fault;

enum { TOLD_MAX = 20000 };

struct told {
    size_t count, numbers[TOLD_MAX];
};

static struct odb *odb;
static struct commits commits; /* one conversation finds there what those before it have left */

static void make(struct history *history, const char *text)
{
    commits_close(&commits);
    odb_close(odb);
    history_make(history, text);
    fault_clear(&fault);
    odb = odb_open(git_dir, &hash_sha1, 1 << 20, &fault);
    CHECK(odb != NULL, "%s", fault.text);
    commits_open(&commits, odb, NULL, 0, &fault);
}

static size_t number_of(const struct history *history, const struct oid *oid)
{
    for (size_t i = 0; i < history->count; i++)
        if (oid_equal(&history->oids[i], oid))
            return i;
    return SIZE_MAX;
}

/* Marks NUMBER and what is before it. */
static void mark(const struct history *history, size_t number, bool *marks)
{
    /* Parents have smaller numbers. */
    marks[number] = true;
    for (size_t i = number + 1; i-- > 0;)
        for (size_t k = 0; marks[i] && k < history->parent_counts[i]; k++)
            marks[history->parents[i][k]] = true;
}

struct conversation {
    const size_t *tips, *known; /* ended by SIZE_MAX */
    const bool *server;         /* which it has; NULL: none */
    size_t delay;               /* so many are told before the answers to them come */
};

/* Tells all that is to be told, and looks at it. ORDERED: dates fall towards the roots. */
static void converse(const char *why, const struct history *history,
                     const struct conversation *with, bool ordered, struct told *told)
{
    struct negotiate negotiate;
    struct oid oid;
    bool *common = calloc(history->count, 1), *covered = calloc(history->count, 1);
    bool *said = calloc(history->count, 1), *reached = calloc(history->count, 1), is_new;
    size_t answered = 0;
    int rc;
    fault_clear(&fault);
    told->count = 0;
    negotiate_open(&negotiate, &commits);
    for (const size_t *known = with->known; *known != SIZE_MAX; known++) {
        CHECK(negotiate_known(&negotiate, &history->oids[*known]) == 0, "%s", fault.text);
        for (size_t k = 0; k < history->parent_counts[*known]; k++)
            mark(history, history->parents[*known][k], common);
        mark(history, *known, covered);
    }
    for (const size_t *tip = with->tips; *tip != SIZE_MAX; tip++) {
        CHECK(negotiate_tip(&negotiate, &history->oids[*tip]) == 0, "%s", fault.text);
        mark(history, *tip, reached);
    }
    while ((rc = negotiate_next(&negotiate, &oid)) == 1) {
        size_t number = number_of(history, &oid);
        if (number == SIZE_MAX || told->count == TOLD_MAX) {
            CHECK(0, "%s: something else is told", why);
            break;
        }
        CHECK(!said[number], "%s: %zu is told twice", why, number);
        CHECK(!ordered || !common[number], "%s: %zu is told, which is known", why, number);
        said[number] = covered[number] = true;
        told->numbers[told->count++] = number;
        for (; told->count - answered > with->delay; answered++) {
            size_t other = told->numbers[answered];
            if (with->server == NULL || !with->server[other])
                continue;
            bool was_new = !common[other];
            CHECK(negotiate_acknowledged(&negotiate, &history->oids[other], &is_new) == 0 &&
                      (!ordered || is_new == was_new),
                  "%s: %zu is acknowledged: new: %d", why, other, is_new);
            CHECK(negotiate_acknowledged(&negotiate, &history->oids[other], &is_new) == 0 &&
                      !is_new,
                  "%s: %zu again", why, other);
            mark(history, other, common);
            mark(history, other, covered);
        }
    }
    CHECK(rc == 0 && negotiate_next(&negotiate, &oid) == 0, "%s: %d %s", why, rc, fault.text);
    /* Where history begins something was told, unless all of it is common. */
    for (size_t i = 0; i < history->count; i++)
        CHECK(!reached[i] || history->parent_counts[i] > 0 || covered[i],
              "%s: root %zu is not told", why, i);
    negotiate_close(&negotiate);
    free(common);
    free(covered);
    free(said);
    free(reached);
}

static const size_t none[] = {SIZE_MAX};

static const struct {
    const char *why, *history;
    size_t tips[4];
    bool as_git; /* git does not know the date of what it has not taken from its queue, and puts it
                    last; there these differ, and ones with equal dates */
} rows[] = {
    {"one", "100", {0, SIZE_MAX}, true},
    {"a line", "1 2:0 3:1 4:2 5:3 6:4 7:5 8:6 9:7 10:8", {9, SIZE_MAX}, true},
    {"two lines", "1 2 3:0 4:1 5:2 6:3 7:4 8:5 9:6 10:7", {8, 9, SIZE_MAX}, true},
    {"two branches", "1 2:0 3:1 4:2 5:3 6:3 7:4 8:5 9:6 10:7", {8, 9, SIZE_MAX}, true},
    {"a tip before another", "1 2:0 3:1 4:2 5:3 6:4 7:5 8:6", {3, 7, SIZE_MAX}, false},
    {"a merge", "1 2:0 3:0 4:1 5:2 6:3,4 7:5 8:6", {7, SIZE_MAX}, true},
    {"diamonds", "1 2:0 3:0 4:1,2 5:3 6:3 7:4,5 8:6 9:6 10:7,8 11:9", {10, SIZE_MAX}, false},
    {"an octopus", "1 2:0 3:0 4:0 5 6:1,2,3,4 7:5", {6, SIZE_MAX}, false},
    {"criss-cross", "1 2:0 3:0 4:1,2 5:2,1 6:3,4 7:4,3 8:5 9:6", {7, 8, SIZE_MAX}, true},
    {"a long and a short way", "1 2:0 3:1 4:2 5:3 6:4 7:5 8:6 9:7,0", {8, SIZE_MAX}, false},
    {"roots that meet", "1 2 3 4:0,1 5:3,2 6:4", {5, SIZE_MAX}, false},
    {"a clock that was wrong",
     "100 110:0 5:1 120:2 4000000000:3 130:4 90:5 140:6",
     {7, SIZE_MAX},
     true},
    {"dates that fall", "90 80:0 70:1 60:2 50:3 40:4 30:5", {6, SIZE_MAX}, true},
    {"dates that fall, two branches", "90 80:0 70:1 60:2 50:1 40:3 30:4", {5, 6, SIZE_MAX}, false},
    {"equal dates", "5 5:0 5:1 5:2 5:3 5:2 5:5 5:4,6", {7, SIZE_MAX}, false},
    {"no dates", "0 0:0 0:1 0:2 0:3", {4, 2, SIZE_MAX}, false},
};

static bool falls(const struct history *history)
{
    for (size_t i = 0; i < history->count; i++)
        for (size_t k = 0; k < history->parent_counts[i]; k++)
            if (history->dates[history->parents[i][k]] >= history->dates[i])
                return false;
    return true;
}

/* What git tells a server that has nothing of it. */
static void ask_git(const struct history *history, const size_t *tips, struct told *told)
{
    struct oid *oids = calloc(TOLD_MAX, sizeof *oids);
    CHECK(system("rm -rf repo/packed-refs repo/refs/heads; "
                 "rm -rf other; git init -q --bare -b other other; "
                 "git -C other fast-import --quiet <<E\ncommit refs/heads/other\n"
                 "committer T <t@example.org> 7 +0000\ndata 2\nx\nE") >= 0,
          "git");
    for (size_t i = 0; tips[i] != SIZE_MAX; i++) {
        char path[128], hex[OID_HEX + 1];
        snprintf(path, sizeof path, "mkdir -p repo/refs/heads; : >repo/refs/heads/t%zu", i);
        CHECK(system(path) == 0, "%s", path);
        snprintf(path, sizeof path, "repo/refs/heads/t%zu", i);
        file_make(path, strcat(oid_hex(&history->oids[tips[i]], hex), "\n"));
    }
    size_t count =
        history_ids("GIT_TRACE_PACKET=1 git -C repo -c fetch.negotiationAlgorithm=skipping "
                    "fetch --no-tags ../other other 2>&1 | "
                    "sed -n 's/.*fetch> have //p'",
                    oids, TOLD_MAX);
    told->count = 0;
    for (size_t i = 0; i < count; i++)
        told->numbers[told->count++] = number_of(history, &oids[i]);
    free(oids);
}

static void compare(const char *why, const struct told *here, const struct told *git)
{
    bool same = here->count == git->count &&
                memcmp(here->numbers, git->numbers, here->count * sizeof *here->numbers) == 0;
    CHECK(same, "%s: %zu are told, and not %zu", why, here->count, git->count);
    for (size_t i = 0; !same && i < 40 && (i < here->count || i < git->count); i++)
        printf("  %zd %zd\n", i < here->count ? (ssize_t)here->numbers[i] : -1,
               i < git->count ? (ssize_t)git->numbers[i] : -1);
}

static void shapes(void)
{
    static struct told here, first, git;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct history history;
        char why[128];
        make(&history, rows[i].history);
        struct conversation with = {rows[i].tips, none, NULL, 0};
        bool ordered = falls(&history);
        converse(rows[i].why, &history, &with, ordered, &first);
        ask_git(&history, rows[i].tips, &git);
        if (rows[i].as_git)
            compare(rows[i].why, &first, &git);
        /* The server has any one commit, and with it what is before; or two. It may have said so.
         */
        for (size_t a = 0; a < history.count; a++)
            for (size_t b = 0; b <= a; b++)
                for (size_t delay = 0; delay < 6; delay += 5) {
                    bool server[64] = {false};
                    const size_t known[] = {a, SIZE_MAX};
                    mark(&history, a, server);
                    mark(&history, b, server);
                    with = (struct conversation){rows[i].tips, none, server, delay};
                    snprintf(why, sizeof why, "%s, the server has %zu and %zu, late by %zu",
                             rows[i].why, a, b, delay);
                    converse(why, &history, &with, ordered, &here);
                    with.known = known;
                    snprintf(why, sizeof why, "%s, the server shows %zu and has %zu, late by %zu",
                             rows[i].why, a, b, delay);
                    converse(why, &history, &with, ordered, &here);
                }
        with = (struct conversation){rows[i].tips, none, NULL, 0};
        snprintf(why, sizeof why, "%s, again", rows[i].why);
        converse(why, &history, &with, ordered, &here);
        compare(why, &here, &first);
        history_free(&history);
    }
}

/* A line of COUNT commits. */
static void make_line(struct history *history, size_t count)
{
    char *text = malloc(count * 24 + 8);
    size_t used = (size_t)sprintf(text, "1000000");
    for (size_t i = 1; i < count; i++)
        used += (size_t)sprintf(text + used, " %zu:%zu", 1000000 + i, i - 1);
    make(history, text);
    free(text);
}

static void long_lines(void)
{
    static const size_t counts[] = {10, 100, 1000, 5000};
    static struct told here, git;
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        struct history history;
        char why[64];
        make_line(&history, counts[i]);
        const size_t tips[] = {counts[i] - 1, SIZE_MAX};
        struct conversation with = {tips, none, NULL, 0};
        size_t most = 0;
        for (size_t n = counts[i]; n > 0; n /= 2)
            most += 2;
        snprintf(why, sizeof why, "a line of %zu", counts[i]);
        converse(why, &history, &with, true, &here);
        CHECK(here.count <= most + 2, "%s: %zu are told", why, here.count);
        ask_git(&history, tips, &git);
        compare(why, &here, &git);
        /* The server has all but the newest. Not many more than those are passed over. */
        for (size_t lacks = 1; lacks < counts[i]; lacks *= 3) {
            bool *server = calloc(counts[i], 1);
            mark(&history, counts[i] - 1 - lacks, server);
            with.server = server;
            converse(why, &history, &with, true, &here);
            size_t last = here.numbers[here.count - 1];
            CHECK(server[last] && counts[i] - 1 - last <= 2 * lacks + 2,
                  "%s, %zu are missing: %zu is the last", why, lacks, last);
            free(server);
        }
        history_free(&history);
    }
}

static void faults(void)
{
    struct history history;
    struct negotiate negotiate;
    struct oid absent = {.len = OID_SHA1, .id = {1, 2, 3}}, oid;
    bool is_new = true;
    make(&history, "1 2:0 3:1");
    fault_clear(&fault);
    negotiate_open(&negotiate, &commits);
    CHECK(negotiate_next(&negotiate, &oid) == 0, "nothing, and something is told");
    CHECK(negotiate_tip(&negotiate, &absent) < 0 && strstr(fault.text, "is missing"), "%s",
          fault.text);
    fault_clear(&fault);
    CHECK(negotiate_acknowledged(&negotiate, &history.oids[0], &is_new) == 0 && !is_new,
          "acknowledged what was never told");
    negotiate_close(&negotiate);
    history_free(&history);
}

int main(void)
{
    scratch_open();
    history_environment();
    shapes();
    long_lines();
    faults();
    commits_close(&commits);
    odb_close(odb);
    close(git_dir);
    scratch_close();
    return T_DONE();
}
