/* SPDX-License-Identifier: MIT */
#include "client/cleanup.h"

#include "client/work_status.h"
#include "proto/object.h"
#include "system/array.h"
#include "system/dir_names.h"
#include "system/texts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DEPTH_MAX = 512 /* directories below each other; each takes a descriptor */ };

struct walk {
    struct workspace *workspace;
    const struct cleanup_options *options;
    struct ignore ignore;
    bool rules; /* what they ignore stays */
    struct cleanup *out;
    char path[OBJECT_PATH_MAX]; /* of the directory at hand, with a slash; then an entry's */
    struct index_range range;   /* what the index has in that directory, */
    size_t near;                /* and where the last search there ended */
    unsigned depth;
};

static int note(struct walk *walk, bool repository)
{
    struct cleanup *out = walk->out;
    struct cleanup_path *more = array_room(out->paths, out->count, &out->room, sizeof *more);
    if (more == NULL)
        return fault_set(walk->workspace->fault, FAULT_LIMIT, "no memory for paths");
    out->paths = more;
    const char *kept = texts_keep(&out->texts, walk->path, strlen(walk->path));
    if (kept == NULL)
        return fault_set(walk->workspace->fault, FAULT_LIMIT, "no memory for paths");
    out->paths[out->count++] = (struct cleanup_path){kept, repository};
    return 0;
}

/* Whether the path at hand is asked for, and not only what is in it. */
static bool is_asked(const struct walk *walk)
{
    return walk->options->paths == NULL ||
           pathset_takes(walk->options->paths, walk->path, strlen(walk->path), false);
}

static int read_directory(struct walk *walk, int fd, size_t length, bool tracked);

/* The directory NAME, which is walk->path[0..LENGTH) without its slash. ABOVE: the index has
 * something beside it. 1: nothing of it stays, 0, -1. */
static int take_directory(struct walk *walk, int at, const char *name, size_t length, bool above)
{
    struct stat st;
    struct index_range range = walk->range,
                       below = index_list_below(&walk->workspace->index, range, walk->path, length,
                                                &walk->near);
    bool tracked = below.first < below.behind;
    bool ignored = walk->rules && ignore_matches(&walk->ignore, walk->path, true);
    bool all = walk->ignore.all;
    if (!tracked && (ignored || !walk->options->directories))
        return 0;
    if (walk->options->paths && !pathset_takes(walk->options->paths, walk->path, length, true))
        return 0;
    int fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return 0; /* it has gone, or is not for us */
    if (fstatat(fd, ".git", &st, AT_SYMLINK_NOFOLLOW) == 0) {
        close(fd);
        return tracked || above ? 0 : note(walk, true);
    }
    size_t before = walk->out->count;
    walk->path[length] = '/';
    walk->path[length + 1] = '\0';
    walk->range = below;
    walk->ignore.all = ignored;
    int rc = read_directory(walk, fd, length + 1, tracked);
    walk->ignore.all = all;
    walk->range = range;
    walk->path[length + 1] = '\0';
    if (rc <= 0 || tracked || strncmp(walk->options->here, walk->path, length + 1) == 0)
        return rc < 0 ? -1 : 0;
    walk->path[length] = '\0';
    bool whole = is_asked(walk);
    walk->path[length] = '/';
    if (!whole)
        return 1;
    walk->out->count = before;
    return note(walk, false) < 0 ? -1 : 1;
}

/* 1: nothing of it stays, 0, -1. */
static int take_entry(struct walk *walk, int at, const char *name, mode_t kind, size_t length,
                      bool tracked)
{
    size_t size = strlen(name);
    const struct index_list *index = &walk->workspace->index;
    if (length + size + 2 > sizeof walk->path)
        return 0;
    memcpy(walk->path + length, name, size + 1);
    /* Most are. A directory in the place of a file stays, as for git. */
    if (index_list_find(index, walk->range, walk->path, &walk->near))
        return 0;
    if (dir_names_kind(at, name, &kind) < 0)
        return 1;
    if (S_ISDIR(kind))
        return take_directory(walk, at, name, length + size, tracked);
    if (!S_ISREG(kind) && !S_ISLNK(kind))
        return 1; /* pipes and sockets go with their directory */
    if ((walk->rules && ignore_matches(&walk->ignore, walk->path, false)) || !is_asked(walk))
        return 0;
    return note(walk, false) < 0 ? -1 : 1;
}

/* Closes FD. 1: nothing in it stays, 0, -1. */
static int read_directory(struct walk *walk, int fd, size_t length, bool tracked)
{
    struct ignore *ignore = &walk->ignore;
    size_t rules = ignore->count;
    const char *name;
    mode_t kind;
    int rc = 1, more = 0;
    bool stays = false;
    if (walk->depth == DEPTH_MAX) {
        close(fd);
        return 0;
    }
    struct dir_names *names = dir_names_open(fd);
    if (names == NULL)
        return 0;
    walk->depth++;
    if (walk->rules && ignore_read(ignore, fd, ".gitignore", length, true) < 0) {
        if (walk->workspace->fault->class != FAULT_LOCAL)
            rc = -1;
        else /* a link is not read, and is no fault */
            fault_clear(walk->workspace->fault);
    }
    while (rc >= 0 && (more = dir_names_next(names, &name, &kind)) == 1) {
        if (strcmp(name, ".git") == 0)
            continue;
        rc = take_entry(walk, fd, name, kind, length, tracked);
        stays = stays || rc == 0;
    }
    stays = stays || more < 0;
    dir_names_close(names);
    ignore_forget(ignore, rules);
    walk->depth--;
    return rc < 0 ? -1 : !stays;
}

/* What is ignored and nothing else: the directories among it are looked into, for the repositories
 * that may be there. */
static int read_ignored(struct walk *walk)
{
    const struct untracked_options options = {.work_dir = walk->workspace->repository.work_dir,
                                              .index = &walk->workspace->index,
                                              .ignore = &walk->ignore,
                                              .ignored = true};
    struct untracked found;
    int rc = untracked_read(&options, &found, walk->workspace->fault);
    walk->rules = false;
    for (size_t i = 0; rc >= 0 && i < found.count; i++) {
        size_t length = strlen(found.paths[i]);
        bool directory = found.paths[i][length - 1] == '/';
        memcpy(walk->path, found.paths[i], length + 1);
        walk->path[length - directory] = '\0';
        if (directory)
            rc = take_directory(walk, options.work_dir, walk->path, length - 1, true);
        else if (is_asked(walk))
            rc = note(walk, false);
    }
    untracked_free(&found);
    return rc < 0 ? -1 : 0;
}

static int compare(const void *a, const void *b)
{
    return strcmp(((const struct cleanup_path *)a)->path, ((const struct cleanup_path *)b)->path);
}

int cleanup_read(struct workspace *workspace, const struct cleanup_options *options,
                 struct cleanup *out)
{
    struct walk walk = {.workspace = workspace,
                        .options = options,
                        .rules = !options->ignored,
                        .range = index_list_all(&workspace->index),
                        .out = out};
    *out = (struct cleanup){.count = 0};
    int rc = work_status_ignore(workspace, &walk.ignore);
    if (rc == 0 && options->only_ignored) {
        rc = read_ignored(&walk);
    } else if (rc == 0) {
        int fd = openat(workspace->repository.work_dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        rc = fd < 0 ? fault_set(workspace->fault, FAULT_LOCAL, "cannot read the working tree: %s",
                                strerror(errno))
                    : read_directory(&walk, fd, 0, true);
    }
    ignore_close(&walk.ignore);
    if (out->count > 0)
        qsort(out->paths, out->count, sizeof *out->paths, compare);
    return rc < 0 ? -1 : 0;
}

void cleanup_free(struct cleanup *cleanup)
{
    texts_free(cleanup->texts);
    free(cleanup->paths);
}
