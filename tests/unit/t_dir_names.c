/* SPDX-License-Identifier: MIT */
#include "system/dir_names.h"

#include "scratch.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What the file system tells of a name, and what stat says where it does not, is the same. */
static void types(void)
{
    static const struct {
        const char *name;
        mode_t type;
    } rows[] = {{"a-dir", S_IFDIR}, {"b-file", S_IFREG}, {"c-link", S_IFLNK}, {"d-pipe", S_IFIFO}};
    size_t count = sizeof rows / sizeof *rows, at = 0;
    const char *name;
    mode_t type;
    CHECK(mkdir("d", 0755) == 0 && chdir("d") == 0 && mkdir("a-dir", 0755) == 0 &&
              symlink("a-dir", "c-link") == 0 && mkfifo("d-pipe", 0644) == 0,
          "what is there");
    file_make("b-file", "");
    int fd = open(".", O_RDONLY | O_DIRECTORY), here = open(".", O_RDONLY | O_DIRECTORY);
    struct dir_names *names = dir_names_open(fd);
    for (; names && at < count && dir_names_next(names, &name, &type) == 1; at++) {
        CHECK(strcmp(name, rows[at].name) == 0, "'%s', for %s", name, rows[at].name);
        CHECK(type == 0 || type == rows[at].type, "%s: type %o", name, (unsigned)type);
        CHECK(dir_names_kind(here, name, &type) == 0 && type == rows[at].type, "%s: as told", name);
        type = 0;
        CHECK(dir_names_kind(here, name, &type) == 0 && type == rows[at].type, "%s: as stat says",
              name);
    }
    CHECK(at == count && dir_names_next(names, &name, &type) == 0, "%zu names", at);
    type = 0;
    CHECK(dir_names_kind(here, "gone", &type) < 0, "one that has gone");
    type = S_IFREG;
    CHECK(dir_names_kind(here, "gone", &type) == 0 && type == S_IFREG,
          "what is told is not looked at");
    dir_names_close(names);
    close(here);
}

int main(void)
{
    scratch_open();
    types();
    scratch_close();
    return T_DONE();
}
