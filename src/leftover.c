/* SPDX-License-Identifier: MIT */
#include "leftover.h"

#include "fs.h"
#include "grow.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    RECORD_MAX = 256 << 20, /* bytes of the names of a top directory */
    NAME_BYTES = 256        /* of a name with its NUL */
};

void leftover_name(char out[LEFTOVER_NAME_MAX], const char *name)
{
    snprintf(out, LEFTOVER_NAME_MAX, "%.200s.smidgit-", name);
}

static DIR *open_list(int at, const char *path, struct fault *fault)
{
    int fd = fs_open_dir(at, path, fault);
    DIR *dir = fd < 0 ? NULL : fdopendir(fd);
    if (dir == NULL && fd >= 0) {
        fault_set(fault, FAULT_LIMIT, "no memory to list the directory '%s'", path);
        close(fd);
    }
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
 * in the name decides. Our own number is a dead run's (in a container all may be number 1): a
 * process looks for left-overs before it has a staging directory. */
static bool is_dead(int stage, const char *pid)
{
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    long number = strtol(pid, NULL, 10);
    bool gone =
        number <= 0 || number == (long)getpid() || (kill((pid_t)number, 0) < 0 && errno == ESRCH);
    int fd = openat(stage, "lock", O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return gone;
    int rc = fcntl(fd, F_GETLK, &lock);
    close(fd);
    return rc < 0 ? gone : lock.l_type == F_UNLCK;
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
    char begin[LEFTOVER_NAME_MAX];
    leftover_name(begin, name);
    size_t length = strlen(begin);
    DIR *dir = open_list(parent, ".", fault);
    int rc = 0;
    if (dir == NULL)
        return -1;
    for (const char *entry; rc == 0 && (entry = next_name(dir)) != NULL;)
        if (strncmp(entry, begin, length) == 0)
            rc = remove_one(parent, entry, entry + length, inside, fault);
    closedir(dir);
    return rc;
}

/* moved = *( inode SP name NUL ) */
static int list_names(int stage, struct grow_writer *out, struct fault *fault)
{
    DIR *dir = open_list(stage, "repo", fault);
    struct stat st;
    int rc = 0;
    if (dir == NULL)
        return -1;
    for (const char *entry; rc == 0 && (entry = next_name(dir)) != NULL;) {
        if (fstatat(dirfd(dir), entry, &st, AT_SYMLINK_NOFOLLOW) < 0)
            rc = fault_set(fault, FAULT_LOCAL, "cannot look at '%s': %s", entry, strerror(errno));
        else
            rc = writer_text(&out->writer, "%" PRIuMAX " %s", (uintmax_t)st.st_ino, entry);
        if (rc == 0)
            rc = writer_put(&out->writer, "", 1);
    }
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

/* A name that was about to be moved. Only what has the same inode is ours to remove. */
struct moving {
    int stage, target;
    char name[NAME_BYTES], from[NAME_BYTES + 8];
    uintmax_t inode;
    struct fault *fault;
};

static int move_one(struct moving *moving)
{
    struct stat st;
    if (fstatat(moving->target, moving->name, &st, AT_SYMLINK_NOFOLLOW) == 0)
        return fault_set(moving->fault, FAULT_LOCAL, "'%s' has appeared in the target",
                         moving->name);
    if (renameat(moving->stage, moving->from, moving->target, moving->name) < 0)
        return fault_set(moving->fault, FAULT_LOCAL, "cannot move '%s' into place: %s",
                         moving->name, strerror(errno));
    return 0;
}

/* Moved is what is in the target and no longer in repo/. */
static int undo_one(struct moving *moving)
{
    struct stat st;
    if (fstatat(moving->stage, moving->from, &st, AT_SYMLINK_NOFOLLOW) == 0 ||
        fstatat(moving->target, moving->name, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
        (uintmax_t)st.st_ino != moving->inode)
        return 0;
    return fs_remove(moving->target, moving->name, moving->fault);
}

/* Whoever wrote the record, a name with a '/' is not one. */
static bool parse_record(struct moving *moving, const char *record)
{
    char *space;
    moving->inode = strtoumax(record, &space, 10);
    if (*space != ' ' || space[1] == '\0' || strchr(space, '/') || strlen(space) > NAME_BYTES)
        return false;
    snprintf(moving->name, sizeof moving->name, "%s", space + 1);
    snprintf(moving->from, sizeof moving->from, "repo/%s", moving->name);
    return true;
}

/* Calls for each recorded name; of a record that was cut, for none. LAST: ONLY it, or all but. */
static int each_recorded(struct moving *moving, const char *last, bool only,
                         int (*each)(struct moving *))
{
    char *records;
    size_t size;
    if (fs_read(moving->stage, "moved", RECORD_MAX, true, &records, &size, moving->fault) < 0)
        return -1;
    int rc = 0;
    for (size_t at = 0; rc == 0 && at < size; at += strlen(records + at) + 1)
        if (parse_record(moving, records + at) && (strcmp(moving->name, last) == 0) == only)
            rc = each(moving);
    free(records);
    return rc;
}

int leftover_move(int stage, int target, const char *last, bool only, struct fault *fault)
{
    struct moving moving = {.stage = stage, .target = target, .fault = fault};
    return each_recorded(&moving, last, only, move_one);
}

int leftover_undo(int stage, int target, struct fault *fault)
{
    struct moving moving = {.stage = stage, .target = target, .fault = fault};
    struct stat st;
    bool git_left = fstatat(stage, "repo/.git", &st, AT_SYMLINK_NOFOLLOW) == 0;
    bool head_left = fstatat(stage, "repo/HEAD", &st, AT_SYMLINK_NOFOLLOW) == 0;
    bool unfinished = fstatat(stage, "git", &st, AT_SYMLINK_NOFOLLOW) == 0;
    if (!git_left && !head_left && !unfinished)
        return 0; /* the last one was moved too: it is published */
    return each_recorded(&moving, "", false, undo_one);
}
