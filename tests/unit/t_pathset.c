/* SPDX-License-Identifier: MIT */
/* --path: which paths may be asked for (P1, P2), and which entries of a tree they take. */
#include "worktree/pathset.h"

#include "t.h"

#include <string.h>

static struct fault fault;

static void asked(void)
{
    static const struct {
        const char *path, *words; /* NULL: taken */
    } rows[] = {
        {"a", NULL},
        {"a/b/c", NULL},
        {"a/", NULL},
        {"a//", NULL},
        {"...", NULL},
        {".github", NULL},
        {"a b\n\xc3\xbc", NULL},
        {"*", NULL},
        {"a\\b", NULL},
        {".gitmodules", NULL},
        {"", "'' is no path below the root"},
        {"/", "is not relative, or has an empty name in it"},
        {"//", "is not relative"},
        {"/a", "'/a' is not relative"},
        {"a//b", "has an empty name in it"},
        {".", "has a name in it that no working tree has"},
        {"..", "has a name in it"},
        {"./a", "has a name in it"},
        {"a/../b", "has a name in it"},
        {"a/..", "has a name in it"},
        {".git", "has a name in it"},
        {"a/.GIT/config", "has a name in it"},
        {"git~1", "has a name in it"},
        {".git/", "has a name in it"},
        {"\033[2J/..", "'^[[2J/..' has a name in it"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct pathset set = {.paths = {.items = {"good", rows[i].path}, .count = 2}};
        fault_clear(&fault);
        int rc = pathset_open(&set, &fault);
        CHECK((rc < 0) == (rows[i].words != NULL), "'%s': %s", rows[i].path, fault.text);
        if (rc < 0)
            CHECK(fault.class == FAULT_USAGE && strstr(fault.text, rows[i].words), "'%s': %s",
                  rows[i].path, fault.text);
    }
}

/* Which of the entries are taken, when PATHS are asked for; '/' ends a directory's. */
static const struct {
    const char *why, *paths[3], *entries, *taken;
    const char *missing; /* the one that is not found, or NULL */
} rows[] = {
    {"a file", {"a"}, "a b ab", "a", NULL},
    {"a directory and all in it", {"d"}, "d/ d/x d/y/ d/y/z e", "d/ d/x d/y/ d/y/z", NULL},
    {"with a slash behind it", {"d/"}, "d/ d/x e", "d/ d/x", NULL},
    {"only names that end there", {"d"}, "d-/ d-/x d.x d/ d0", "d/", NULL},
    {"the way to it, but nothing beside it",
     {"d/y"},
     "d/ d/x d/y/ d/y/z d/yy",
     "d/ d/y/ d/y/z",
     NULL},
    {"a file on the way leads nowhere", {"d/y"}, "d e", "", "d/y"},
    {"a directory on the way, and it is not there", {"d/y"}, "d/ d/x", "d/", "d/y"},
    {"two", {"a", "d/y"}, "a b d/ d/x d/y", "a d/ d/y", NULL},
    {"two, one of them not there", {"a", "n"}, "a b", "a", "n"},
    {"one in the other", {"d", "d/y"}, "d/ d/x d/y", "d/ d/x d/y", NULL},
    {"the same twice", {"a", "a"}, "a", "a", NULL},
    {"no pattern", {"*"}, "a *", "*", NULL},
    {"case", {"A"}, "a", "", "A"},
    {"longer than all", {"a/b/c/d"}, "a/ a/b/ a/b/c", "a/ a/b/", "a/b/c/d"},
    {"nothing is there", {"a"}, "", "", "a"},
};

static void taken(void)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct pathset set = {.paths = {.count = 0}};
        char entries[128], got[128] = "";
        while (set.paths.count < 3 && rows[i].paths[set.paths.count]) {
            set.paths.items[set.paths.count] = rows[i].paths[set.paths.count];
            set.paths.count++;
        }
        fault_clear(&fault);
        CHECK(pathset_open(&set, &fault) == 0, "%s: %s", rows[i].why, fault.text);
        strcpy(entries, rows[i].entries);
        for (char *entry = strtok(entries, " "); entry; entry = strtok(NULL, " ")) {
            size_t length = strlen(entry);
            bool directory = entry[length - 1] == '/';
            if (pathset_takes(&set, entry, length - directory, directory))
                strcat(strcat(got, *got ? " " : ""), entry);
        }
        CHECK(strcmp(got, rows[i].taken) == 0, "%s: %s", rows[i].why, got);
        int rc = pathset_all_found(&set, &fault);
        CHECK((rc < 0) == (rows[i].missing != NULL), "%s: %s", rows[i].why, fault.text);
        if (rc < 0) {
            char words[64];
            snprintf(words, sizeof words, "path '%s' is not in that commit", rows[i].missing);
            CHECK(fault.class == FAULT_REFUSED && strcmp(fault.text, words) == 0, "%s: %s",
                  rows[i].why, fault.text);
        }
    }
}

int main(void)
{
    asked();
    taken();
    return T_DONE();
}
