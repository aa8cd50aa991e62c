/* SPDX-License-Identifier: MIT */
/* The order of paths in an index: sorted by bytes, each once, no file that is a directory too
 * (P15). The oracle compares every path with all before it. */
#include "worktree/pathorder.h"

#include "t.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *why, *paths[6], *refused; /* the last one is; NULL: none */
} rows[] = {
    {"one", {"a"}, NULL},
    {"sorted", {"a", "b", "c", "d"}, NULL},
    {"a shorter one first", {"a", "ab", "abc"}, NULL},
    {"directories", {"a/b", "a/c", "a/d/e", "b"}, NULL},
    {"bytes over 127 come last", {"z", "\xc3\xbc"}, NULL},
    {"what stands between a and a/", {"a.b", "a/c", "a0"}, NULL},
    {"a name that only begins alike", {"a", "a.b", "ab/c"}, NULL},
    {"a directory, and longer names of it", {"a", "b", "b-c/d", "b.c"}, NULL},
    {"not sorted", {"b", "a"}, "not sorted"},
    {"not sorted: longer first", {"ab", "a"}, "not sorted"},
    {"not sorted: much longer first", {"a/b/c", "a"}, "not sorted"},
    {"not sorted: as signed bytes", {"\xc3\xbc", "z"}, "not sorted"},
    {"not sorted: further back", {"a", "c", "b"}, "not sorted"},
    {"not sorted: as a tree is", {"a0", "a/b"}, "not sorted"},
    {"twice", {"a", "a"}, "the path occurs twice"},
    {"twice, deep", {"a/b/c", "a/b/c"}, "the path occurs twice"},
    {"twice, with one between", {"a", "b", "a"}, "not sorted"},
    {"P15: file and directory", {"a", "a/b"}, "a file and a directory of one name"},
    {"P15: with one between", {"a", "a.b", "a/c"}, "a file and a directory of one name"},
    {"P15: with many between",
     {"a", "a-", "a-b", "a.", "a/x"},
     "a file and a directory of one name"},
    {"P15: further down", {"x/a", "x/a-", "x/a/c/d"}, "a file and a directory of one name"},
    {"P15: the outer one of two", {"a", "a-", "a-/b"}, "a file and a directory of one name"},
    {"P15: the name before that one",
     {"a", "a-", "a-b", "a-b-c", "a/b"},
     "a file and a directory of one name"},
};

static void table(void)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        static struct pathorder order;
        const char *why = NULL;
        size_t n = 0;
        order = (struct pathorder){.path = NULL};
        for (; n < 6 && rows[i].paths[n]; n++) {
            bool last = n == 5 || rows[i].paths[n + 1] == NULL;
            why = pathorder_next(&order, rows[i].paths[n], strlen(rows[i].paths[n]));
            CHECK(last || why == NULL, "%s: %s: %s", rows[i].why, rows[i].paths[n], why ? why : "");
        }
        CHECK((why == NULL) == (rows[i].refused == NULL) &&
                  (why == NULL || strcmp(why, rows[i].refused) == 0),
              "%s: %s", rows[i].why, why ? why : "taken");
    }
}

static int compare(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Sorted lists of paths of few letters; git's order is strcmp()'s, bytes being unsigned there. */
static void against_all(void)
{
    enum { PATHS = 12, LENGTH = 7 };
    static const char letters[] = "a/-b";
    uint32_t random = 1;
    for (int round = 0; round < 20000; round++) {
        static struct pathorder order;
        char room[PATHS][LENGTH + 1];
        const char *paths[PATHS], *got = NULL;
        int at = 0, expected = PATHS;
        for (int i = 0; i < PATHS; i++) {
            int length = 1 + (int)((random = random * 1103515245 + 12345) >> 16) % LENGTH;
            for (int k = 0; k < length; k++) {
                random = random * 1103515245 + 12345;
                room[i][k] = letters[(random >> 16) % 4];
            }
            room[i][length] = '\0';
            paths[i] = room[i];
        }
        qsort(paths, PATHS, sizeof *paths, compare);
        for (int i = 1; i < PATHS && expected == PATHS; i++)
            for (int k = 0; k < i; k++) {
                size_t length = strlen(paths[k]);
                if (strncmp(paths[k], paths[i], length) == 0 &&
                    (paths[i][length] == '\0' || paths[i][length] == '/'))
                    expected = i;
            }
        order = (struct pathorder){.path = NULL};
        for (; at < PATHS && got == NULL; at++)
            got = pathorder_next(&order, paths[at], strlen(paths[at]));
        if (got)
            at--;
        CHECK(at == expected, "round %d: '%s' at %d, expected %d", round, got ? got : "taken", at,
              expected);
    }
}

/* The longest path, and as many that begin with each other as it has bytes. */
static void longest(void)
{
    static struct pathorder order;
    static char path[OBJECT_PATH_MAX];
    const char *why = NULL;
    memset(path, 'x', sizeof path);
    order = (struct pathorder){.path = NULL};
    for (size_t length = 1; length < OBJECT_PATH_MAX && why == NULL; length++)
        why = pathorder_next(&order, path, length);
    CHECK(why == NULL && order.count == OBJECT_PATH_MAX - 1, "%s, %zu", why ? why : "",
          order.count);
    static char other[] = "xx/y";
    CHECK(pathorder_next(&order, other, 4) != NULL, "below the second of them");
}

int main(void)
{
    table();
    against_all();
    longest();
    return T_DONE();
}
