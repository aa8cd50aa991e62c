/* SPDX-License-Identifier: MIT */
#include "worktree/work_change.h"

#include "system/fs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Where a file is made before it gets its name: no half of one is ever seen. */
static const char made[] = "smidgit-checkout.tmp";

static int failed(const struct work_change *change, const char *what, const char *path)
{
    return fault_set(change->work.fault, FAULT_LOCAL, "cannot %s '%s': %s", what, path,
                     strerror(errno));
}

/* The directory of PATH, without making it; -1: there is none, or a link stands in its place. */
static int open_parent(const struct work_change *change, const char *path, const char **name)
{
    char part[OBJECT_PATH_MAX];
    int dir = change->work.work_dir;
    for (const char *slash; (slash = strchr(path, '/')) != NULL; path = slash + 1) {
        snprintf(part, sizeof part, "%.*s", (int)(slash - path), path);
        int next = openat(dir, part, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (dir != change->work.work_dir)
            close(dir);
        if (next < 0)
            return -1;
        dir = next;
    }
    *name = path;
    return dir;
}

static void close_parent(const struct work_change *change, int dir)
{
    if (dir >= 0 && dir != change->work.work_dir)
        close(dir);
}

/* As git has it since 2.35. */
static int remove_unless_here(const struct work_change *change, int dir, const char *name)
{
    struct stat st;
    if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && st.st_ino == change->here.st_ino &&
        st.st_dev == change->here.st_dev)
        return -1;
    return unlinkat(dir, name, AT_REMOVEDIR);
}

/* Directories that are empty now go with the last file. */
static void remove_empty_parents(const struct work_change *change, const char *path)
{
    char above[OBJECT_PATH_MAX];
    snprintf(above, sizeof above, "%s", path);
    for (char *slash; (slash = strrchr(above, '/')) != NULL;) {
        const char *name;
        *slash = '\0';
        int dir = open_parent(change, above, &name);
        int rc = dir < 0 ? -1 : remove_unless_here(change, dir, name);
        close_parent(change, dir);
        if (rc < 0)
            return;
    }
}

int work_change_remove(struct work_change *change, const char *path)
{
    const char *name;
    struct stat st;
    int rc = 0, dir = open_parent(change, path, &name);
    if (dir < 0)
        return 0; /* nothing of it is there */
    if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0) {
        /* A submodule's directory stays when something is in it, as for git. */
        if (S_ISDIR(st.st_mode))
            remove_unless_here(change, dir, name);
        else if (unlinkat(dir, name, 0) < 0 && errno != ENOENT)
            rc = failed(change, "remove", path);
    }
    close_parent(change, dir);
    if (rc == 0)
        remove_empty_parents(change, path);
    return rc;
}

/* By force: whatever has the place of a file, or of a directory above it, goes. A submodule's
 * directory stays, with all that is in it. */
static int clear_way(struct work_change *change, const struct index_entry *entry)
{
    char found[OBJECT_PATH_MAX];
    const char *path = entry->path;
    int work_dir = change->work.work_dir;
    struct stat st;
    for (const char *slash = path; (slash = strchr(slash, '/')) != NULL; slash++) {
        snprintf(found, sizeof found, "%.*s", (int)(slash - path), path);
        if (fstatat(work_dir, found, &st, AT_SYMLINK_NOFOLLOW) < 0)
            return 0;
        if (!S_ISDIR(st.st_mode))
            return unlinkat(work_dir, found, 0) < 0 ? failed(change, "remove", found) : 0;
    }
    if (entry->mode != MODE_GITLINK && fstatat(work_dir, path, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
        S_ISDIR(st.st_mode))
        return fs_remove(work_dir, path, change->work.fault);
    return 0;
}

/* The directory NAME, when nothing is in it but directories of which the same is true. */
static int remove_empty(int at, const char *name)
{
    struct dirent *entry;
    int fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR *dir = fd < 0 ? NULL : fdopendir(fd);
    int rc = dir == NULL ? -1 : 0;
    while (rc == 0 && (entry = readdir(dir)) != NULL)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            rc = remove_empty(fd, entry->d_name);
    if (dir)
        closedir(dir);
    else if (fd >= 0)
        close(fd);
    return rc < 0 ? -1 : unlinkat(at, name, AT_REMOVEDIR);
}

/* Takes the place of a file, or of a directory in which was what has been removed. */
static int rename_made(const struct work_change *change, const char *name)
{
    int dir = change->work.dir;
    if (renameat(change->git_dir, made, dir, name) == 0)
        return 0;
    if (errno != EISDIR || remove_empty(dir, name) < 0)
        return -1;
    return renameat(change->git_dir, made, dir, name);
}

/* The repository is on another file system than this directory. */
static int make_in_place(struct work_change *change, struct index_entry *entry, const char *name)
{
    int dir = change->work.dir;
    unlinkat(change->git_dir, made, 0);
    if (unlinkat(dir, name, 0) < 0 && errno != ENOENT && remove_empty(dir, name) < 0)
        return failed(change, "replace", entry->path);
    return work_file_make(&change->work, name, entry);
}

static int move_into_place(struct work_change *change, struct index_entry *entry, const char *name)
{
    struct stat st;
    unlinkat(change->git_dir, made, 0);
    int dir = change->work.dir;
    change->work.dir = change->git_dir;
    int rc = work_file_make(&change->work, made, entry);
    change->work.dir = dir;
    if (rc == 0 && rename_made(change, name) < 0)
        rc = errno == EXDEV ? make_in_place(change, entry, name)
                            : failed(change, "replace", entry->path);
    if (rc == 0 && fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
        rc = failed(change, "look at", entry->path);
    if (rc == 0)
        index_entry_stat(entry, &st);
    else
        unlinkat(change->git_dir, made, 0);
    return rc;
}

int work_change_write(struct work_change *change, struct index_entry *entry)
{
    const char *slash = strrchr(entry->path, '/'), *name = slash ? slash + 1 : entry->path;
    struct stat st;
    if (change->force && clear_way(change, entry) < 0)
        return -1;
    snprintf(change->work.path, sizeof change->work.path, "%s", entry->path);
    change->work.dir = work_file_dir(&change->work, (size_t)(name - entry->path));
    if (change->work.dir < 0)
        return -1;
    int rc;
    if (entry->mode == MODE_GITLINK &&
        fstatat(change->work.dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode)) {
        index_entry_stat(entry, &st); /* a submodule's directory that is there stays */
        entry->size = 0;
        rc = 0;
    } else if (entry->mode == MODE_GITLINK) {
        unlinkat(change->work.dir, name, 0);
        rc = work_file_make(&change->work, name, entry);
    } else {
        rc = move_into_place(change, entry, name);
    }
    close_parent(change, change->work.dir);
    return rc;
}
