/* SPDX-License-Identifier: MIT */
/* Who changed a reference: what the environment says, and what a reflog's line can hold. */
#include "repo/committer.h"

#include "t.h"

#include <stdlib.h>
#include <unistd.h>

static const char *const variables[] = {"GIT_COMMITTER_NAME", "USER", "GIT_COMMITTER_EMAIL",
                                        "EMAIL", "LOGNAME"};
enum { VARIABLES = sizeof variables / sizeof *variables };

/* Values in that order; NULL: not set. "@" in the expectation stands for this machine's name. */
static const struct {
    const char *why, *values[VARIABLES], *line;
} rows[] = {
    {"both are said", {"Anna", "anna", "a@b", "c@d", NULL}, "Anna <a@b>"},
    {"EMAIL", {"Anna", "anna", NULL, "c@d", NULL}, "Anna <c@d>"},
    {"set, but empty", {"", "anna", "", "c@d", NULL}, "anna <c@d>"},
    {"the user and the machine", {NULL, "anna", NULL, NULL, NULL}, "anna <anna@>"},
    {"the name alone", {"Anna", NULL, NULL, NULL, "ann"}, "Anna <ann@>"},
    {"nobody", {NULL, NULL, NULL, NULL, NULL}, "smidgit <smidgit@>"},
    {"a name in UTF-8",
     {"Gr\xc3\xbc\xc3\x9f", NULL, "a@b", NULL, NULL},
     "Gr\xc3\xbc\xc3\x9f <a@b>"},
    {"what ends a name or a line",
     {"A<n>n\na\t\r\033\177", NULL, "<a@b>\n", NULL, NULL},
     "Anna <a@b>"},
    {"nothing else", {"<>\n", NULL, "\n", NULL, NULL}, " <>"},
};

static void environment(const char *const *values)
{
    for (int i = 0; i < VARIABLES; i++)
        if (values[i])
            setenv(variables[i], values[i], 1);
        else
            unsetenv(variables[i]);
}

int main(void)
{
    char host[256], line[2048], expected[1024], longest[1000];
    if (gethostname(host, sizeof host) < 0)
        return 2;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        environment(rows[i].values);
        const char *at = strstr(rows[i].line, "@>");
        if (at)
            snprintf(expected, sizeof expected, "%.*s@%.127s>", (int)(at - rows[i].line),
                     rows[i].line, host);
        else
            snprintf(expected, sizeof expected, "%s", rows[i].line);
        CHECK(committer_format(NULL, NULL, line, sizeof line) == line &&
                  strcmp(line, expected) == 0,
              "%s: %s", rows[i].why, line);
    }
    memset(longest, 'x', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    const char *const values[VARIABLES] = {longest, longest, longest, longest, longest};
    environment(values);
    CHECK(strlen(committer_format(NULL, NULL, line, sizeof line)) == 255 + 2 + 255 + 1, "%zu",
          strlen(line));
    CHECK(strlen(committer_format(NULL, NULL, line, 10)) == 9, "%zu", strlen(line));
    return T_DONE();
}
