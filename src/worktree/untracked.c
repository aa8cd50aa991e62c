/* SPDX-License-Identifier: MIT */
#include "worktree/untracked.h"

#include "proto/object.h"
#include "system/array.h"
#include "system/dir_names.h"
#include "system/texts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DEPTH_MAX = 512 /* directories below each other; each takes a descriptor */ };

struct walk {
    const struct untracked_options *options;
    struct untracked *out;
    char path[OBJECT_PATH_MAX]; /* of the directory at hand, with a slash; then an entry's */
    struct index_range range;   /* what the index has in that directory, */
    size_t near;                /* and where the last search there ended */
    unsigned depth;
    bool ignored; /* what is looked for */
    struct fault *fault;
};

static int no_memory(const struct walk *walk)
{
    return fault_set(walk->fault, FAULT_LIMIT, "no memory for untracked files");
}

static int note(struct walk *walk, const char *path)
{
    struct untracked *out = walk->out;
    const char **more = array_room(out->paths, out->count, &out->room, sizeof *more);
    if (more == NULL)
        return no_memory(walk);
    out->paths = more;
    out->paths[out->count] = texts_keep(&out->texts, path, strlen(path));
    return out->paths[out->count++] ? 0 : no_memory(walk);
}

static int read_directory(struct walk *walk, int fd, size_t length, bool only_first);

/* A directory that has a ".git" is somebody else's. */
static bool is_repository(int fd)
{
    struct stat st;
    return fstatat(fd, ".git", &st, AT_SYMLINK_NOFOLLOW) == 0;
}

/* The directory walk->path[0..LENGTH), which ends in a slash; BELOW: what the index has in it. 1:
 * ONLY_FIRST, and there is something; 0; -1. */
static int take_directory(struct walk *walk, int at, const char *name, size_t length,
                          struct index_range below, bool only_first)
{
    bool tracked = below.first < below.behind;
    int fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    size_t before = walk->out->count;
    if (fd < 0)
        return 0; /* it has gone, or is not for us */
    if (is_repository(fd)) {
        close(fd);
        if (tracked || (walk->ignored && !walk->options->ignore->all))
            return 0;
        return only_first ? 1 : note(walk, walk->path);
    }
    bool whole = !tracked && !walk->options->all;
    int rc = 0;
    struct index_range above = walk->range;
    walk->range = below;
    if (whole && walk->ignored && !only_first) {
        /* It is ignored as a whole when nothing is in it that is not. */
        int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);
        walk->ignored = false;
        rc = copy < 0 ? 0 : read_directory(walk, copy, length, true);
        walk->ignored = true;
        walk->path[length] = '\0';
        whole = rc == 0;
    }
    rc = rc < 0 ? -1 : read_directory(walk, fd, length, only_first || whole);
    walk->range = above;
    walk->path[length] = '\0';
    if (rc == 1 && !only_first) {
        walk->out->count = before;
        rc = note(walk, walk->path);
    }
    return rc;
}

/* 1: ONLY_FIRST, and it is one that is looked for; 0; -1. */
static int take_entry(struct walk *walk, int at, const char *name, mode_t kind, size_t length,
                      bool only_first)
{
    const struct untracked_options *options = walk->options;
    size_t size = strlen(name);
    if (length + size + 2 > sizeof walk->path)
        return 0;
    memcpy(walk->path + length, name, size + 1);
    bool indexed = index_list_find(options->index, walk->range, walk->path, &walk->near);
    /* Most are: they need not be looked at. A directory in the place of a file is not said to be
     * untracked as such. */
    if (indexed && (!options->all || index_list_mode(options->index, walk->near) == MODE_GITLINK))
        return 0;
    if (dir_names_kind(at, name, &kind) < 0)
        return 0;
    if (!S_ISDIR(kind) && !S_ISREG(kind) && !S_ISLNK(kind))
        return 0;
    bool directory = S_ISDIR(kind);
    if (indexed && !directory)
        return 0;
    struct index_range below = {0, 0};
    if (directory)
        below =
            index_list_below(options->index, walk->range, walk->path, length + size, &walk->near);
    bool tracked = below.first < below.behind;
    bool matches = ignore_matches(options->ignore, walk->path, directory);
    bool ignored = !tracked && matches, all = options->ignore->all;
    if (ignored != walk->ignored && (!directory || ignored))
        return 0;
    if (directory) {
        walk->path[length + size] = '/';
        walk->path[length + size + 1] = '\0';
    }
    if (directory && (!ignored || (options->all && walk->ignored))) {
        options->ignore->all = matches;
        int rc = take_directory(walk, at, name, length + size + 1, below, only_first);
        options->ignore->all = all;
        return rc;
    }
    return only_first ? 1 : note(walk, walk->path);
}

static int read_directory(struct walk *walk, int fd, size_t length, bool only_first)
{
    struct ignore *ignore = walk->options->ignore;
    size_t rules = ignore->count;
    const char *name;
    mode_t kind;
    int more = 0;
    if (walk->depth == DEPTH_MAX) {
        close(fd);
        return fault_set(walk->fault, FAULT_LIMIT, "over %d directories below each other",
                         DEPTH_MAX);
    }
    struct dir_names *names = dir_names_open(fd);
    if (names == NULL)
        return no_memory(walk);
    walk->depth++;
    int rc = ignore_read(ignore, fd, ".gitignore", length, true);
    /* A link is not read, and is no fault. */
    if (rc < 0 && walk->fault->class == FAULT_LOCAL) {
        fault_clear(walk->fault);
        rc = 0;
    }
    while (rc == 0 && (more = dir_names_next(names, &name, &kind)) == 1)
        if (strcmp(name, ".git") != 0)
            rc = take_entry(walk, fd, name, kind, length, only_first);
    if (more < 0)
        rc = fault_set(walk->fault, FAULT_LOCAL, "cannot read '%.*s': %s", (int)length, walk->path,
                       strerror(errno));
    dir_names_close(names);
    ignore_forget(ignore, rules);
    walk->depth--;
    return rc;
}

static int compare(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

int untracked_read(const struct untracked_options *options, struct untracked *out,
                   struct fault *fault)
{
    struct walk walk = {.options = options,
                        .out = out,
                        .range = index_list_all(options->index),
                        .ignored = options->ignored,
                        .fault = fault};
    *out = (struct untracked){.count = 0};
    int fd = openat(options->work_dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return fault_set(fault, FAULT_LOCAL, "cannot read the working tree: %s", strerror(errno));
    int rc = read_directory(&walk, fd, 0, false);
    if (out->count > 0)
        qsort(out->paths, out->count, sizeof *out->paths, compare);
    return rc < 0 ? -1 : 0;
}

void untracked_free(struct untracked *untracked)
{
    texts_free(untracked->texts);
    free(untracked->paths);
    *untracked = (struct untracked){.count = 0};
}
