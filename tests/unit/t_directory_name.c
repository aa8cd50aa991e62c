/* SPDX-License-Identifier: MIT */
/* P14: what a clone's directory is called, as git calls it. */
#include "client/directory_name.h"

#include "t.h"

static void directories(void)
{
    static const struct {
        const char *text, *name; /* NULL: refused */
    } rows[] = {
        {"https://h/team/repo.git", "repo"},
        {"https://h/repo", "repo"},
        {"https://h/repo/.git", "repo"},
        {"https://h/a%20b.git", "a%20b"},
        {"https://h/%41", "%41"},
        {"https://h/a%25b", "a%25b"},
        {"https://h/%2egit", NULL},
        {"https://h/x%2f", NULL},
        {"https://h/repo.git?x=/y", "repo"},
        {"https://h", NULL},
        {"https://h/..", NULL},
        {"https://h/.git", NULL},
        {"https://h/%2e%2e", NULL},
        {"https://h/a%2fb", NULL},
        {"https://h/%2e%2e.git", NULL},
        {"https://h/%2E", NULL},
        {"https://h/a.git/", "a"},
        {"https://h/a.git//", "a"},
        {"https://h/a.git/.git", "a"},
        {"https://h/a/.git/", "a"},
        {"https://h/.git/.git", NULL},
        {"https://h/..git", NULL},
        {"https://h/a.git.git", "a.git"},
        {"https://h/.github", ".github"},
        {"https://h/?a", NULL},
        {"https://h/a%2egit", "a%2egit"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct fault fault = {.class = FAULT_NONE};
        struct url url;
        char name[256], room[256];
        url_parse(rows[i].text, room, &url, &fault);
        int rc = directory_name(&url, name, sizeof name, &fault);
        if (rows[i].name == NULL) {
            CHECK(rc < 0 && fault.class == FAULT_USAGE, "P14: %s: %s", rows[i].text, name);
            continue;
        }
        CHECK(rc == 0, "%s: %s", rows[i].text, fault.text);
        CHECK_TEXT(name, rows[i].name);
    }
}

/* A name that fills OUT to its last byte is taken, one byte more is not. */
static void lengths(void)
{
    struct fault fault = {.class = FAULT_NONE};
    struct url url;
    char name[4], room[64];
    url_parse("https://h/abc.git", room, &url, &fault);
    CHECK(directory_name(&url, name, sizeof name, &fault) == 0, "%s", fault.text);
    CHECK_TEXT(name, "abc");
    url_parse("https://h/abcd.git", room, &url, &fault);
    CHECK(directory_name(&url, name, sizeof name, &fault) < 0 && fault.class == FAULT_USAGE, "%s",
          fault.text);
    static char text[10000] = "https://h/", place[10000], long_room[10000];
    memset(text + 10, 'a', sizeof text - 11);
    url_parse(text, long_room, &url, &fault);
    CHECK(directory_name(&url, place, sizeof place, &fault) < 0, "longer than any path");
}

int main(void)
{
    directories();
    lengths();
    return T_DONE();
}
