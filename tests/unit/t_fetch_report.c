/* SPDX-License-Identifier: MIT */
/* What a fetch shows: the lines that stock git shows, taken apart and given to the report, come out
 * as they were. */
#include "client/fetch_report.h"

#include "scratch.h"

static struct fault fault;

/* What REPORT shows. Holds until the next call. */
static const char *shown(const struct fetch_report *report, const char *url)
{
    int saved = dup(2), fd = open("shown", O_WRONLY | O_CREAT | O_TRUNC, 0644);
    fflush(stderr);
    dup2(fd, 2);
    fetch_report_show(report, url);
    fflush(stderr);
    dup2(saved, 2);
    close(fd);
    close(saved);
    return file_text("shown");
}

/* " F SUMMARY          FROM       -> TO  (REASON)": its parts, in TEXT. */
static bool take_apart(char *text, struct report_line *line)
{
    char *arrow = strstr(text, " -> "), *end;
    if (strlen(text) < 22 || text[0] != ' ' || arrow == NULL)
        return false;
    *line = (struct report_line){.flag = text[1], .from = text + 21, .to = arrow + 4};
    snprintf(line->summary, sizeof line->summary, "%.17s", text + 3);
    for (end = line->summary + strlen(line->summary); end[-1] == ' ';)
        *--end = '\0';
    while (*arrow == ' ')
        *arrow-- = '\0';
    if ((end = strstr((char *)line->to, "  (")) != NULL) {
        *end = '\0';
        line->reason = end + 3;
        end[2 + strlen(end + 3)] = '\0';
    }
    return true;
}

/* Done to the remote R, of which L is a clone: "n" is a new commit on a branch, "b" a new branch.
 */
static const struct {
    const char *why, *script, *arguments;
} rows[] = {
    {"new ones", "b one; b two; git -C R tag t", ""},
    {"a fast-forward", "n main", ""},
    {"several", "n main; b one; n one; git -C R tag t", ""},
    {"a forced one", "git -C R commit -q --allow-empty --amend -m other", ""},
    {"a rejected one", "git -C R commit -q --allow-empty --amend -m other",
     "main:refs/remotes/origin/main"},
    {"a rejected one among others",
     "git -C R commit -q --allow-empty --amend -m other; b a-much-longer-name",
     "main:refs/remotes/origin/main a-much-longer-name"},
    {"FETCH_HEAD", "n main", "main"},
    {"HEAD", "n main", "HEAD"},
    {"a tag", "git -C R tag t", "tag t"},
    {"a tag that was another",
     "git -C R tag t; git -C L fetch -q --tags; n main; git -C R tag -f t", "--tags"},
    {"a tag that was another, forced",
     "git -C R tag t; git -C L fetch -q --tags; n main; git -C R tag -f t", "--tags --force"},
    {"notes", "git -C R notes add -m 1", "refs/notes/*:refs/notes/*"},
    {"a new ref", "n main", "main:refs/x/y"},
    {"a long name", "b a-name-that-is-longer-than-ten; b short", ""},
    {"names of ten", "b 0123456789; b 012345678", ""},
    {"names of eleven", "b 0123456789a; b 012345678", ""},
    {"a name that widens nothing",
     "b a-name-of-so-many-bytes-that-its-line-is-wider-than-80; b short", ""},
    {"names at the limit",
     "b 0123456789012345678901; b 01234567890123456789012; b 012345678901234567890123;"
     "b 0123456789012345678901234; b 01234567890123456789",
     ""},
    {"up to date", "b one", "-v"},
    {"pruned", "b gone; b gone2; git -C L fetch -q; git -C R branch -q -D gone gone2", "--prune"},
    {"nothing", ":", ""},
};

static void as_git(void)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        static char command[4096], text[8192], copy[8192];
        struct fetch_report report = {.count = 0};
        snprintf(command, sizeof command,
                 "rm -rf R L; k=0; n() { git -C R symbolic-ref HEAD refs/heads/$1; k=$((k+1));"
                 "git -C R commit -q --allow-empty -m $k; }; b() { git -C R branch $1 main; };"
                 "{ git init -q -b main R; n main; n main; git clone -q R L; %s; } >log 2>&1;"
                 "cd L; git fetch origin %s 2>../git",
                 rows[i].script, rows[i].arguments);
        CHECK(system(command) >= 0, "git");
        snprintf(text, sizeof text, "%.8000s", file_text("git"));
        memcpy(copy, text, sizeof copy);
        char url[512] = "";
        for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
            struct report_line parts;
            if (strncmp(line, "From ", 5) == 0)
                snprintf(url, sizeof url, "%s", line + 5);
            else if (take_apart(line, &parts))
                CHECK(fetch_report_add(&report, &parts, &fault) == 0, "%s", fault.text);
            else
                CHECK(0, "%s: '%s', log: %s", rows[i].why, line, file_text("log"));
        }
        CHECK((report.count == 0) == (strcmp(rows[i].why, "nothing") == 0), "%s: %zu lines",
              rows[i].why, report.count);
        CHECK(strcmp(shown(&report, url), copy) == 0, "%s:\n%sgit:\n%s", rows[i].why,
              file_text("shown"), copy);
        fetch_report_free(&report);
    }
}

/* Full names are shown short, bytes that would do something to a terminal are not. */
static void names(void)
{
    static const struct {
        const char *name, *shown;
    } table[] = {
        {"refs/heads/main", "main"},
        {"refs/heads/a/b", "a/b"},
        {"refs/heads/refs/heads/x", "refs/heads/x"},
        {"refs/tags/v1", "v1"},
        {"refs/remotes/origin/main", "origin/main"},
        {"refs/notes/n", "refs/notes/n"},
        {"refs/headsman", "refs/headsman"},
        {"HEAD", "HEAD"},
        {"FETCH_HEAD", "FETCH_HEAD"},
        {"refs/heads/\033[31m", "^[[31m"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct fetch_report report = {.count = 0};
        char expected[512], name[64];
        struct report_line line = {.flag = '*', .summary = "[new]", .from = name, .to = name};
        snprintf(name, sizeof name, "%s", table[i].name);
        CHECK(fetch_report_add(&report, &line, &fault) == 0, "%s", fault.text);
        memset(name, 'x', sizeof name - 1); /* it has been copied */
        snprintf(expected, sizeof expected, "From U\n * %-17s %-10s -> %s\n", "[new]",
                 table[i].shown, table[i].shown);
        CHECK_TEXT(shown(&report, "U"), expected);
        fetch_report_free(&report);
        CHECK(report.count == 0 && report.lines == NULL, "not free");
    }
    struct fetch_report none = {.count = 0}, wide = {.count = 0};
    struct report_line line = {
        .flag = '*', .summary = "[new]", .from = "\xc3\xa4\xc3\xb6", .to = "x"};
    /* Characters are counted; git counts bytes, and its columns are crooked there. */
    CHECK(fetch_report_add(&wide, &line, &fault) == 0, "%s", fault.text);
    CHECK_TEXT(shown(&wide, "U"), "From U\n * [new]             \xc3\xa4\xc3\xb6         -> x\n");
    fetch_report_free(&wide);
    CHECK_TEXT(shown(&none, "U"), "");
}

int main(void)
{
    scratch_open();
    setenv("GIT_CONFIG_NOSYSTEM", "1", 1);
    setenv("GIT_CONFIG_GLOBAL", "", 1);
    setenv("LC_ALL", "C.UTF-8", 1);
    setenv("GIT_AUTHOR_NAME", "T", 1);
    setenv("GIT_AUTHOR_EMAIL", "t@example.org", 1);
    setenv("GIT_COMMITTER_NAME", "T", 1);
    setenv("GIT_COMMITTER_EMAIL", "t@example.org", 1);
    unsetenv("COLUMNS");
    as_git();
    names();
    scratch_close();
    return T_DONE();
}
