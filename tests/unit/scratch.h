/* SPDX-License-Identifier: MIT */
/* A directory of its own for a unit test, as the current one, and small helpers on files in it. */
#ifndef SMIDGIT_SCRATCH_H
#define SMIDGIT_SCRATCH_H

#include "system/fs.h"
#include "t.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char scratch_path[256];

static inline void scratch_open(void)
{
    const char *parent = getenv("TMPDIR");
    int length = snprintf(scratch_path, sizeof scratch_path, "%s/smidgit-test-XXXXXX",
                          parent ? parent : "/tmp");
    if (length < 0 || (size_t)length >= sizeof scratch_path || mkdtemp(scratch_path) == NULL ||
        chdir(scratch_path) < 0)
        exit(2);
    umask(022);
}

static inline void scratch_close(void)
{
    struct fault fault;
    fault_clear(&fault);
    CHECK(chdir("/") == 0 && fs_remove(AT_FDCWD, scratch_path, &fault) == 0, "%s", fault.text);
}

static inline void file_make(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    if (file == NULL || fputs(text, file) < 0 || fclose(file) != 0)
        CHECK(0, "cannot write %s", path);
}

/* What the file holds, or "(missing)". Holds until the next call. */
static inline const char *file_text(const char *path)
{
    static char text[65536];
    FILE *file = fopen(path, "r");
    if (file == NULL)
        return "(missing)";
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    return text;
}

static inline int is_there(const char *path)
{
    struct stat st;
    return lstat(path, &st) == 0;
}

/* The first line that a shell command prints, without its LF. Holds until the next call. */
static inline const char *shell(const char *command)
{
    static char line[65536];
    FILE *pipe = popen(command, "r");
    line[0] = '\0';
    if (pipe == NULL || fgets(line, sizeof line, pipe) == NULL)
        line[0] = '\0';
    if (pipe)
        pclose(pipe);
    line[strcspn(line, "\n")] = '\0';
    return line;
}

#endif
