/* SPDX-License-Identifier: MIT */
#include "leftover.h"

#include "fs.h"
#include "grow.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { RECORD_MAX = 256 << 20 }; /* bytes of the names of a top directory */

static DIR *open_list(int at, const char *path, struct fault *fault)
{
    int fd = fs_open_dir(at, path, fault);
    DIR *dir = fd < 0 ? NULL : fdopendir(fd);
    if (dir == NULL && fd >= 0)
        close(fd);
    return dir;
}

static const char *next_name(DIR *dir)
{
    struct dirent *entry;
    while ((entry = readdir(dir)) != NULL)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            return entry->d_name;
    return NULL;
}

/* Without a "lock" the run died, or lives, between making the directory and locking it: its number
 * in the name decides. */
static bool is_dead(int stage, const char *pid)
{
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    long number = strtol(pid, NULL, 10);
    bool gone = number <= 0 || (kill((pid_t)number, 0) < 0 && errno == ESRCH);
    int fd = openat(stage, "lock", O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return gone;
    int rc = fcntl(fd, F_GETLK, &lock);
    close(fd);
    return rc < 0 ? gone : lock.l_type == F_UNLCK && number != (long)getpid();
}

static int remove_one(int parent, const char *name, const char *pid, bool inside,
                      struct fault *fault)
{
    int stage = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    int rc = 0;
    if (stage < 0)
        return 0;
    bool dead = is_dead(stage, pid);
    if (dead && inside)
        rc = leftover_undo(stage, parent, fault);
    close(stage);
    return dead && rc == 0 ? fs_remove(parent, name, fault) : rc;
}

int leftover_remove(int parent, const char *name, bool inside, struct fault *fault)
{
    static const char mark[] = ".smidgit-";
    size_t length = strlen(name);
    DIR *dir = open_list(parent, ".", fault);
    int rc = 0;
    if (dir == NULL)
        return -1;
    for (const char *entry; rc == 0 && (entry = next_name(dir)) != NULL;)
        if (strncmp(entry, name, length) == 0 &&
            strncmp(entry + length, mark, sizeof mark - 1) == 0)
            rc = remove_one(parent, entry, entry + length + sizeof mark - 1, inside, fault);
    closedir(dir);
    return rc;
}

/* The names, each with its NUL. */
static int list_names(int stage, struct grow_writer *out, struct fault *fault)
{
    DIR *dir = open_list(stage, "repo", fault);
    int rc = 0;
    if (dir == NULL)
        return -1;
    for (const char *entry; rc == 0 && (entry = next_name(dir)) != NULL;)
        rc = writer_put(&out->writer, entry, strlen(entry) + 1);
    closedir(dir);
    return rc;
}

int leftover_record(int stage, struct fault *fault)
{
    struct grow_writer names;
    grow_open(&names, RECORD_MAX, "names to be moved", fault);
    int rc = list_names(stage, &names, fault);
    if (rc == 0)
        rc = fs_write(stage, "moved", names.bytes, names.used, true, fault);
    grow_close(&names);
    return rc;
}

static int move_one(int stage, int target, const char *name, struct fault *fault)
{
    char from[300];
    struct stat st;
    snprintf(from, sizeof from, "repo/%s", name);
    if (fstatat(target, name, &st, AT_SYMLINK_NOFOLLOW) == 0)
        return fault_set(fault, FAULT_LOCAL, "'%s' has appeared in the target", name);
    if (renameat(stage, from, target, name) < 0)
        return fault_set(fault, FAULT_LOCAL, "cannot move '%s' into place: %s", name,
                         strerror(errno));
    return 0;
}

/* Calls for each recorded name; LAST is left out. */
static int each_recorded(int stage, int target, const char *last,
                         int (*each)(int, int, const char *, struct fault *), struct fault *fault)
{
    char *names;
    size_t size;
    if (fs_read(stage, "moved", RECORD_MAX, true, &names, &size, fault) < 0)
        return -1;
    int rc = 0;
    for (size_t at = 0; rc == 0 && at < size; at += strlen(names + at) + 1)
        if (strcmp(names + at, last) != 0)
            rc = each(stage, target, names + at, fault);
    free(names);
    return rc;
}

int leftover_move(int stage, int target, const char *last, struct fault *fault)
{
    if (each_recorded(stage, target, last, move_one, fault) < 0)
        return -1;
    return move_one(stage, target, last, fault);
}

/* Moved is what is in the target and no longer in repo/. */
static int undo_one(int stage, int target, const char *name, struct fault *fault)
{
    char from[300];
    struct stat st;
    snprintf(from, sizeof from, "repo/%s", name);
    if (strchr(name, '/') || fstatat(stage, from, &st, AT_SYMLINK_NOFOLLOW) == 0)
        return 0;
    return fs_remove(target, name, fault);
}

int leftover_undo(int stage, int target, struct fault *fault)
{
    struct stat st;
    bool git_left = fstatat(stage, "repo/.git", &st, AT_SYMLINK_NOFOLLOW) == 0;
    bool head_left = fstatat(stage, "repo/HEAD", &st, AT_SYMLINK_NOFOLLOW) == 0;
    if (!git_left && !head_left)
        return 0; /* the last one was moved too: it is published */
    return each_recorded(stage, target, "", undo_one, fault);
}
