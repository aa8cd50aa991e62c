/* SPDX-License-Identifier: MIT */
/* History: parents and dates as stock git says them, and which commits come before which others, in
 * histories of many shapes, as git merge-base --is-ancestor has it. */
#include "objects/commits.h"

#include "history.h"

static struct fault fault;

static void compare(const char *why, const struct history *history)
{
    struct odb *odb = odb_open(git_dir, &hash_sha1, 1 << 20, &fault);
    struct commits commits;
    fault_clear(&fault);
    commits_open(&commits, odb, &history->cut, history->cut.len > 0, &fault);
    for (size_t i = 0; i < history->count; i++)
        for (size_t k = 0; k < history->count; k++) {
            int is = commits_is_ancestor(&commits, &history->oids[i], &history->oids[k]);
            CHECK(is == history->before[k][i], "%s: %zu before %zu: %d, git: %d, %s", why, i, k, is,
                  history->before[k][i], fault.text);
        }
    for (size_t i = 0; i < history->count; i++) {
        uint32_t number = commits_find(&commits, &history->oids[i]), again;
        CHECK(number != COMMIT_NONE && commits_read(&commits, number) == 0, "%s: %zu", why, i);
        const struct commit *commit = &commits.commits[number];
        CHECK(commit->read && commit->date == history->dates[i], "%s: %zu: date %llu", why, i,
              (unsigned long long)commit->date);
        CHECK(commits_number(&commits, &history->oids[i], &again) == 0 && again == number,
              "%s: %zu has two numbers", why, i);
    }
    CHECK(commits.count == history->count, "%s: %u commits", why, commits.count);
    commits_close(&commits);
    odb_close(odb);
}

static void shapes(void)
{
    for (size_t i = 0; i < sizeof history_shapes / sizeof *history_shapes; i++) {
        struct history history;
        history_make(&history, history_shapes[i].history);
        compare(history_shapes[i].why, &history);
        for (size_t cut = 0; cut < history.count; cut += 2) {
            char why[80];
            snprintf(why, sizeof why, "%s, shallow at %zu", history_shapes[i].why, cut);
            history_cut(&history, cut);
            compare(why, &history);
        }
        history_free(&history);
    }
}

/* As many as grow the tables several times. */
static void many(void)
{
    enum { COUNT = 3000 };
    struct commits commits;
    uint32_t number;
    size_t wrong = 0;
    fault_clear(&fault);
    commits_open(&commits, NULL, NULL, 0, &fault);
    for (int pass = 0; pass < 2; pass++)
        for (uint32_t i = 0; i < COUNT; i++) {
            struct oid oid = {.len = OID_SHA1};
            memcpy(oid.id, &i, sizeof i); /* all in neighbouring slots */
            if (pass == 0)
                wrong += commits_find(&commits, &oid) != COMMIT_NONE;
            wrong += commits_number(&commits, &oid, &number) < 0 || number != i;
            wrong += commits_find(&commits, &oid) != i;
        }
    CHECK(wrong == 0 && commits.count == COUNT, "%zu wrong, %u", wrong, commits.count);
    /* The queue: newest first, whatever the order in which they come. */
    struct commit_queue queue = {.count = 0};
    uint64_t last = UINT64_MAX;
    for (uint32_t i = 0; i < COUNT; i++) {
        commits.commits[i].date = (uint64_t)i * 7919 % 1000;
        CHECK(commit_queue_push(&queue, &commits, i) == 0, "%s", fault.text);
    }
    for (uint32_t i = 0; i < COUNT; i++) {
        uint64_t date = commits.commits[commit_queue_pop(&queue, &commits)].date;
        wrong += date > last;
        last = date;
    }
    CHECK(wrong == 0 && queue.count == 0, "%zu out of order", wrong);
    commit_queue_close(&queue);
    commits_close(&commits);
}

/* The committer's date, and what has none. */
static void dates(void)
{
#define TREE "tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\n"
#define AUTHOR "author A <a@b> 11 +0000\n"
    static const struct {
        const char *why, *text;
        uint64_t date;
    } rows[] = {
        {"as it is", TREE AUTHOR "committer C <c@d> 22 +0100\n\nm\n", 22},
        {"no message", TREE AUTHOR "committer C <c@d> 22 +0100\n\n", 22},
        {"no name", TREE AUTHOR "committer  <c@d> 22 +0100\n\nm\n", 22},
        {"> in the name", TREE AUTHOR "committer C> 5 <c@d> 22 +0100\n\nm\n", 22},
        {"no zone", TREE AUTHOR "committer C <c@d> 22\n\nm\n", 22},
        {"0", TREE AUTHOR "committer C <c@d> 0 +0000\n\nm\n", 0},
        {"the message has one, too",
         TREE AUTHOR "committer C <c@d> 22 +0100\n\ncommitter C <c> 33 +0\n", 22},
        {"only the message has one", TREE AUTHOR "\ncommitter C <c@d> 33 +0000\n", 0},
        {"no date", TREE AUTHOR "committer C <c@d>\n\nm\n", 0},
        {"before 1970", TREE AUTHOR "committer C <c@d> -5 +0000\n\nm\n", 0},
        {"no committer", TREE AUTHOR "\nm\n", 0},
        {"far away", TREE AUTHOR "committer C <c@d> 4102444800 +0000\n\nm\n", 4102444800},
        {"no end of the head", TREE AUTHOR "committer C <c@d> 22 +0100", 22},
    };
    struct odb *odb;
    new_repo();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct commits commits;
        struct oid oid = {.len = 0};
        uint32_t number;
        file_make("text", rows[i].text);
        const char *hex = shell("git -C repo hash-object -w -t commit --literally --stdin <text");
        fault_clear(&fault);
        CHECK(oid_parse(hex, strlen(hex), &oid) == 0, "%s", rows[i].why);
        odb = odb_open(git_dir, &hash_sha1, 1 << 20, &fault);
        commits_open(&commits, odb, NULL, 0, &fault);
        CHECK(commits_number(&commits, &oid, &number) == 0 && commits_read(&commits, number) == 0,
              "%s: %s", rows[i].why, fault.text);
        CHECK(commits.commits[number].date == rows[i].date, "%s: %llu", rows[i].why,
              (unsigned long long)commits.commits[number].date);
        commits_close(&commits);
        odb_close(odb);
    }
}

static void faults(void)
{
    struct history history;
    struct commits commits;
    struct oid tree, none = {.len = OID_SHA1, .id = {1, 2, 3}};
    uint32_t number;
    history_make(&history, "1 2:0 3:1");
    const char *hex = shell("git -C repo rev-parse last^{tree}");
    CHECK(oid_parse(hex, strlen(hex), &tree) == 0, "%s", hex);
    struct odb *odb = odb_open(git_dir, &hash_sha1, 1 << 20, &fault);
    fault_clear(&fault);
    commits_open(&commits, odb, NULL, 0, &fault);
    CHECK(commits_number(&commits, &tree, &number) == 0 && commits_read(&commits, number) < 0 &&
              fault.class == FAULT_PROTOCOL && strstr(fault.text, "is a tree, not a commit"),
          "%s", fault.text);
    fault_clear(&fault);
    CHECK(commits_is_ancestor(&commits, &history.oids[0], &none) < 0 &&
              strstr(fault.text, "010203"),
          "%s", fault.text);
    fault_clear(&fault);
    /* The one that is looked for need not be there. */
    CHECK(commits_is_ancestor(&commits, &none, &history.oids[2]) == 0, "%s", fault.text);
    CHECK(commits_is_ancestor(&commits, &history.oids[0], &history.oids[2]) == 1, "%s", fault.text);
    commits_close(&commits);
    odb_close(odb);
    history_free(&history);
}

int main(void)
{
    scratch_open();
    history_environment();
    shapes();
    many();
    dates();
    faults();
    close(git_dir);
    scratch_close();
    return T_DONE();
}
