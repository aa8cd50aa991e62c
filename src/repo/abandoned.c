/* SPDX-License-Identifier: MIT */
#include "repo/abandoned.h"

#include "repo/kept.h"
#include "system/fs.h"
#include "system/growing_writer.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    RECORD_MAX = 256 << 20, /* bytes of the names of a top directory */
    NAME_BYTES = 256,       /* of a name with its NUL */
    SUM_DEPTH = 64,         /* directories below each other that are looked into */
    OPEN_DIR = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC
};

void abandoned_name(char out[LEFTOVER_NAME_MAX], const char *name)
{
    snprintf(out, LEFTOVER_NAME_MAX, "%.200s.smidgit-", name);
}

/* True when ENTRY is what a run for NAME would call its staging directory. */
static bool is_named(const char *entry, const char *name)
{
    char begin[LEFTOVER_NAME_MAX], again[64];
    char *end;
    abandoned_name(begin, name);
    size_t length = strlen(begin);
    if (strncmp(entry, begin, length) != 0)
        return false;
    long pid = strtol(entry + length, &end, 10);
    unsigned long number = strtoul(*end ? end + 1 : end, NULL, 10);
    snprintf(again, sizeof again, "%ld-%lu", pid, number);
    return pid > 0 && number < LEFTOVER_NAMES && strcmp(entry + length, again) == 0;
}

static DIR *open_list(int at, const char *path)
{
    int fd = openat(at, path, OPEN_DIR);
    DIR *dir = fd < 0 ? NULL : fdopendir(fd);
    if (dir == NULL && fd >= 0)
        close(fd);
    return dir;
}

/* NULL at the end, and with an errno when the directory cannot be read to its end. */
static const char *next_name(DIR *dir)
{
    struct dirent *entry;
    while (errno = 0, (entry = readdir(dir)) != NULL)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            return entry->d_name;
    return NULL;
}

static bool is_own_file(const struct stat *st)
{
    return S_ISREG(st->st_mode) && st->st_uid == geteuid() && st->st_nlink == 1;
}

/* A directory that is named like a left-over. */
struct abandoned {
    int stage, marker; /* descriptors or -1; without a marker it is empty */
};

static void leave(struct abandoned *abandoned)
{
    if (abandoned->stage >= 0)
        close(abandoned->stage);
    if (abandoned->marker >= 0)
        close(abandoned->marker);
}

/* Returns NULL when NAME is a left-over: the marker is locked then, against its run and against
 * others that clean up. Otherwise why it stays: "" when it is gone or its run lives. */
static const char *claim(struct abandoned *abandoned, int parent, const char *name)
{
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    struct stat st;
    abandoned->marker = -1;
    abandoned->stage = openat(parent, name, OPEN_DIR);
    if (abandoned->stage < 0)
        return errno == ENOENT ? "" : strerror(errno);
    if (fstat(abandoned->stage, &st) < 0 || st.st_uid != geteuid())
        return "it belongs to another user";
    abandoned->marker =
        openat(abandoned->stage, LEFTOVER_MARKER, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (abandoned->marker < 0 && errno == ENOENT && fs_dir_empty(abandoned->stage, "."))
        return NULL;
    if ((st.st_mode & 0777) != 0700)
        return "its mode is not 0700";
    if (abandoned->marker < 0 || fstat(abandoned->marker, &st) < 0 || !is_own_file(&st) ||
        st.st_size > 0)
        return "no '" LEFTOVER_MARKER "' in it says that it is this program's";
    if (fcntl(abandoned->marker, F_SETLK, &lock) == 0)
        return NULL;
    return errno == EACCES || errno == EAGAIN ? "" : "without file locks its run may be alive";
}

static void say_stays(const char *name, const char *why)
{
    struct fault said;
    fault_clear(&said);
    fault_set(&said, FAULT_LOCAL, "'%s' is not removed: %s", name, why);
    if (*why)
        fprintf(stderr, "warning: %s\n", said.text);
}

/* A sum that changes when anything is added to the tree NAME, taken from it or written to: of inode
 * numbers, and of the sizes and times of all but directories. Bit 0 says that something was not
 * looked at. */
static uint64_t tree_sum(int at, const char *name, unsigned depth)
{
    struct stat st;
    if (fstatat(at, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
        return 1;
    bool is_dir = S_ISDIR(st.st_mode);
    uint64_t sum = (uint64_t)st.st_ino * 0x9e3779b97f4a7c15U + (uint64_t)st.st_mode;
    if (!is_dir)
        sum = (sum ^ (uint64_t)st.st_size) * 0xbf58476d1ce4e5b9U +
              (uint64_t)st.st_mtim.tv_sec * 1000000000U + (uint64_t)st.st_mtim.tv_nsec;
    sum = (sum ^ sum >> 29) * 0x94d049bb133111ebU << 1;
    if (!is_dir)
        return sum;
    DIR *dir = depth < SUM_DEPTH ? open_list(at, name) : NULL;
    if (dir == NULL)
        return sum | 1;
    uint64_t unseen = 0;
    for (const char *entry; (entry = next_name(dir)) != NULL;) {
        uint64_t below = tree_sum(dirfd(dir), entry, depth + 1);
        unseen |= below & 1;
        sum += below & ~(uint64_t)1;
    }
    unseen |= errno != 0;
    closedir(dir);
    return sum | unseen;
}

/* moved = *( sum SP name NUL ) */
static int list_names(int stage, struct growing_writer *out, struct fault *fault)
{
    DIR *dir = open_list(stage, "repo");
    int rc = 0;
    if (dir == NULL)
        return fault_set(fault, FAULT_LOCAL, "cannot list what is staged: %s", strerror(errno));
    for (const char *entry; rc == 0 && (entry = next_name(dir)) != NULL;) {
        rc = writer_text(&out->writer, "%" PRIu64 " %s", tree_sum(dirfd(dir), entry, 0), entry);
        if (rc == 0)
            rc = writer_put(&out->writer, "", 1);
    }
    if (rc == 0 && errno)
        rc = fault_set(fault, FAULT_LOCAL, "cannot list what is staged: %s", strerror(errno));
    closedir(dir);
    return rc;
}

int abandoned_record(int stage, struct fault *fault)
{
    struct growing_writer names;
    growing_writer_open(&names, RECORD_MAX, "names to be moved", fault);
    int rc = list_names(stage, &names, fault);
    if (rc == 0)
        rc = fs_write(stage, "moved", names.bytes, names.used, true, fault);
    growing_writer_close(&names);
    return rc;
}

/* What cannot be looked at may be there. */
static bool is_absent(int at, const char *path)
{
    struct stat st;
    return fstatat(at, path, &st, AT_SYMLINK_NOFOLLOW) < 0 && errno == ENOENT;
}

/* A name that was about to be moved. */
struct moving {
    int stage, target;
    bool live;
    const char *last; /* the name that is moved when all others are in place */
    char name[NAME_BYTES], from[NAME_BYTES + 8];
    uint64_t sum;
    size_t count;
    struct fault *fault;
};

static int move_one(struct moving *moving)
{
    struct stat st;
    if (fstatat(moving->target, moving->name, &st, AT_SYMLINK_NOFOLLOW) == 0)
        return fault_set(moving->fault, FAULT_LOCAL, "'%s' has appeared in the target",
                         moving->name);
    if (errno != ENOENT)
        return fault_set(moving->fault, FAULT_LOCAL, "cannot look for '%s' in the target: %s",
                         moving->name, strerror(errno));
    if (renameat(moving->stage, moving->from, moving->target, moving->name) < 0)
        return fault_set(moving->fault, FAULT_LOCAL, "cannot move '%s' into place: %s",
                         moving->name, strerror(errno));
    return 0;
}

static int move_if_other(struct moving *moving)
{
    return strcmp(moving->name, moving->last) == 0 ? 0 : move_one(moving);
}

static int move_if_last(struct moving *moving)
{
    return strcmp(moving->name, moving->last) == 0 ? move_one(moving) : 0;
}

/* Moved is what is in the target and no longer in repo/. */
static bool was_moved(const struct moving *moving)
{
    struct stat st;
    return is_absent(moving->stage, moving->from) &&
           fstatat(moving->target, moving->name, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

/* What a dead run has moved is still that only if all of it was looked at, then and now. */
static bool is_as_it_was(const struct moving *moving, int at, const char *path)
{
    return tree_sum(at, path, 0) == moving->sum && (moving->live || !(moving->sum & 1));
}

static int count_one(struct moving *moving)
{
    moving->count += was_moved(moving) && is_as_it_was(moving, moving->target, moving->name);
    return 0;
}

/* It is looked at where nobody else can exchange it any more. What was not ours, and whose name has
 * been taken meanwhile, stays in the staging directory, which then is not ours to remove either. */
static int undo_one(struct moving *moving)
{
    if (!was_moved(moving))
        return 0;
    if (renameat(moving->target, moving->name, moving->stage, moving->from) == 0) {
        if (is_as_it_was(moving, moving->stage, moving->from))
            return 0;
        if (renameat(moving->stage, moving->from, moving->target, moving->name) < 0)
            unlinkat(moving->stage, LEFTOVER_MARKER, 0);
    }
    return fault_set(moving->fault, FAULT_LOCAL, "'%s' is not as it was made", moving->name);
}

/* Whoever wrote the record, a name with a '/' is not one. */
static bool parse_record(struct moving *moving, const char *record)
{
    char *space;
    moving->sum = strtoumax(record, &space, 10);
    if (*space != ' ' || space[1] == '\0' || strchr(space, '/') || strlen(space) > NAME_BYTES)
        return false;
    snprintf(moving->name, sizeof moving->name, "%s", space + 1);
    snprintf(moving->from, sizeof moving->from, "repo/%s", moving->name);
    return true;
}

/* Calls EACH for each recorded name; of a record that was cut, for none. */
static int each_recorded(struct moving *moving, int (*each)(struct moving *))
{
    char *records;
    size_t size;
    struct stat st;
    if (fstatat(moving->stage, "moved", &st, AT_SYMLINK_NOFOLLOW) == 0 && !is_own_file(&st))
        return fault_set(moving->fault, FAULT_LOCAL, "its record is not this program's");
    if (fs_read(moving->stage, "moved", RECORD_MAX, true, &records, &size, moving->fault) < 0)
        return -1;
    int rc = 0;
    for (size_t at = 0; rc == 0 && at < size; at += strlen(records + at) + 1)
        if (parse_record(moving, records + at))
            rc = each(moving);
    free(records);
    return rc;
}

int abandoned_move_others(int stage, int target, const char *last, struct fault *fault)
{
    struct moving moving = {.stage = stage, .target = target, .last = last, .fault = fault};
    return each_recorded(&moving, move_if_other);
}

int abandoned_move_last(int stage, int target, const char *last, struct fault *fault)
{
    struct moving moving = {.stage = stage, .target = target, .last = last, .fault = fault};
    return each_recorded(&moving, move_if_last);
}

/* When the last one was moved too, it is published. */
static bool is_published(int stage)
{
    return is_absent(stage, "repo/.git") && is_absent(stage, "repo/HEAD") &&
           is_absent(stage, "git");
}

int abandoned_undo(int stage, int target, bool live, struct fault *fault)
{
    struct moving moving = {.stage = stage, .target = target, .live = live, .fault = fault};
    return is_published(stage) ? 0 : each_recorded(&moving, undo_one);
}

static size_t count_moved(int stage, int target)
{
    struct fault ignored;
    struct moving moving = {.stage = stage, .target = target, .fault = &ignored};
    fault_clear(&ignored);
    if (!is_published(stage))
        each_recorded(&moving, count_one);
    return moving.count;
}

/* Only one of them can have moved something: the second run would have been refused. */
bool abandoned_only(int target, const char *name, bool waiting)
{
    DIR *dir = open_list(target, ".");
    size_t others = 0, moved = 0;
    if (dir == NULL)
        return false;
    for (const char *entry; (entry = next_name(dir)) != NULL;) {
        struct abandoned abandoned;
        if (!is_named(entry, name)) {
            others++;
            continue;
        }
        const char *why = claim(&abandoned, target, entry);
        if (why) {
            say_stays(entry, why);
            others++;
        } else if (waiting) {
            others += !kept_waits(abandoned.stage);
        } else if (moved == 0) {
            moved = count_moved(abandoned.stage, target);
        }
        leave(&abandoned);
    }
    bool seen = errno == 0;
    closedir(dir);
    return seen && others == moved;
}

static void remove_one(int parent, const char *name, bool inside, bool all)
{
    struct fault fault;
    struct abandoned abandoned;
    const char *why = claim(&abandoned, parent, name);
    int rc = 0;
    fault_clear(&fault);
    if (why == NULL && abandoned.marker >= 0) {
        if (inside)
            rc = abandoned_undo(abandoned.stage, parent, false, &fault);
        if (rc == 0 && !all && kept_waits(abandoned.stage)) {
            leave(&abandoned);
            return;
        }
        if (rc == 0) {
            rc = fs_empty(abandoned.stage, LEFTOVER_MARKER, &fault);
            abandoned.stage = -1;
        }
        why = rc < 0 ? fault.text : NULL;
    }
    if (why == NULL && unlinkat(parent, name, AT_REMOVEDIR) < 0 && errno != ENOENT)
        why = strerror(errno);
    /* Before abandoned_take() was abandoned_remove(), which has said it. */
    if (why && (inside || !all))
        say_stays(name, why);
    leave(&abandoned);
}

void abandoned_remove(int parent, const char *name, bool inside, bool all)
{
    DIR *dir = open_list(parent, ".");
    if (dir == NULL)
        return;
    for (const char *entry; (entry = next_name(dir)) != NULL;)
        if (is_named(entry, name))
            remove_one(parent, entry, inside, all);
    closedir(dir);
}

static bool take_one(int parent, const char *name, int into, bool (*fits)(void *context, int stage),
                     void *context)
{
    struct abandoned abandoned;
    bool taken = claim(&abandoned, parent, name) == NULL && abandoned.marker >= 0 &&
                 fits(context, abandoned.stage) && renameat(parent, name, into, "kept") == 0;
    leave(&abandoned);
    return taken;
}

bool abandoned_take(int parent, const char *name, const char *own, bool alone, int into,
                    bool (*fits)(void *context, int stage), void *context)
{
    DIR *dir = open_list(parent, ".");
    bool taken = false;
    if (dir == NULL)
        return false;
    for (const char *entry; (entry = next_name(dir)) != NULL;) {
        /* Its lock would not stop its own process, and would end with this look. */
        if (!is_named(entry, name) || strcmp(entry, own) == 0)
            continue;
        if (!taken && take_one(parent, entry, into, fits, context))
            taken = true;
        else if (alone)
            remove_one(parent, entry, false, true);
    }
    closedir(dir);
    return taken;
}
