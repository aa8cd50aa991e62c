/* SPDX-License-Identifier: MIT */
#include "repo/ref_update.h"

#include "proto/refs.h"
#include "repo/local_refs.h"
#include "repo/refdb.h"
#include "system/fs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    NAME_BYTES = REFS_NAME_MAX + 16, /* "logs/" before a name, ".lock" behind it */
    SYNC_EACH = 8                    /* files that are synced one by one; more: all at once */
};

struct transaction {
    int git_dir;
    const struct ref_update *updates;
    size_t count, locked, prepared;
    const struct ref_update **sorted; /* by name */
    const struct ref_update_options *options;
    size_t released; /* of these, the locks of those that are deleted are gone */
    struct local_refs now;
    struct fault *fault;
};

static bool deletes(const struct ref_update *update)
{
    return update->new.len == 0;
}

static int compare_names(const void *a, const void *b)
{
    const struct ref_update *const *x = a, *const *y = b;
    return strcmp((*x)->name, (*y)->name);
}

static int sort_updates(struct transaction *change)
{
    change->sorted = malloc(change->count * sizeof *change->sorted);
    if (change->sorted == NULL)
        return fault_set(change->fault, FAULT_LIMIT, "no memory for the references to change");
    for (size_t i = 0; i < change->count; i++)
        change->sorted[i] = &change->updates[i];
    qsort(change->sorted, change->count, sizeof *change->sorted, compare_names);
    return 0;
}

/* The change of the reference called NAME, or NULL. */
static const struct ref_update *change_of(const struct transaction *change, const char *name)
{
    const struct ref_update key = {.name = name}, *wanted = &key, **found;
    found = bsearch(&wanted, change->sorted, change->count, sizeof *change->sorted, compare_names);
    return found ? *found : NULL;
}

static bool is_deleted(void *context, const char *name)
{
    const struct ref_update *update = change_of(context, name);
    return update && deletes(update);
}

/* Removes the directory NAME if nothing but empty directories is in it: they stay when a reference
 * below it is deleted. */
static void remove_empty_dirs(int git_dir, const char *name)
{
    char path[NAME_BYTES];
    size_t top = strlen(name);
    snprintf(path, sizeof path, "%s", name);
    while (strlen(path) >= top) {
        struct stat st;
        int fd = openat(git_dir, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        DIR *dir = fd < 0 ? NULL : fdopendir(fd);
        struct dirent *entry;
        if (dir == NULL) {
            if (fd >= 0)
                close(fd);
            return;
        }
        do
            entry = readdir(dir);
        while (entry &&
               (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0 ||
                fstatat(fd, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0 || !S_ISDIR(st.st_mode)));
        size_t length = strlen(path);
        if (entry)
            snprintf(path + length, sizeof path - length, "/%s", entry->d_name);
        closedir(dir);
        if (entry)
            continue;
        if (unlinkat(git_dir, path, AT_REMOVEDIR) < 0)
            return;
        *strrchr(path, '/') = '\0';
    }
}

/* The directories above NAME that are empty now; "refs/heads" and its kind stay. */
static void remove_empty_parents(int git_dir, const char *name)
{
    char path[NAME_BYTES];
    char *slash;
    snprintf(path, sizeof path, "%s", name);
    while ((slash = strrchr(path, '/')) != NULL) {
        *slash = '\0';
        const char *first = strchr(path, '/');
        if (first == NULL || strchr(first + 1, '/') == NULL ||
            unlinkat(git_dir, path, AT_REMOVEDIR) < 0)
            return;
    }
}

static int make_parents(struct transaction *change, const char *name)
{
    char path[NAME_BYTES];
    snprintf(path, sizeof path, "%s", name);
    char *slash = strrchr(path, '/');
    if (slash == NULL)
        return 0;
    *slash = '\0';
    return fs_make_dirs(change->git_dir, path, change->fault);
}

/* What the reference is to be, in the file that will take its place. */
static int prepare(struct transaction *change, size_t number)
{
    const struct ref_update *update = &change->updates[number];
    char text[OID_HEX + 1];
    int fd = repo_lock_new(change->options->lock, (unsigned)number, change->fault);
    if (fd < 0)
        return -1;
    change->prepared = number + 1;
    size_t size = strlen(oid_hex(&update->new, text));
    text[size] = '\n';
    int rc = fs_put(fd, text, size + 1, update->name, change->fault);
    if (rc == 0 && change->options->sync && change->count <= SYNC_EACH)
        rc = fs_sync_file(fd, update->name, change->fault);
    if (close(fd) < 0 && rc == 0)
        rc = fault_set(change->fault, FAULT_LOCAL, "cannot write '%.200s': %s", update->name,
                       strerror(errno));
    return rc;
}

static int lock(struct transaction *change, size_t number)
{
    const struct ref_update *update = &change->updates[number];
    if (!refs_name_valid(update->name, strlen(update->name), true))
        return fault_set(change->fault, FAULT_LOCAL, "'%.200s' is not a valid reference name",
                         update->name);
    if (make_parents(change, update->name) < 0 ||
        repo_lock_take(change->options->lock, change->git_dir, update->name, change->fault) < 0)
        return -1;
    change->locked = number + 1;
    return deletes(update) ? 0 : prepare(change, number);
}

static int lock_all(struct transaction *change)
{
    for (size_t i = 0; i < change->count; i++)
        if (lock(change, i) < 0)
            return fault_wrap(change->fault, "reference '%.200s'", change->updates[i].name);
    if (change->options->sync && change->count > SYNC_EACH)
        return fs_sync_tree(change->git_dir, change->fault);
    return 0;
}

static void unlock_all(struct transaction *change)
{
    for (size_t i = 0; i < change->prepared; i++)
        repo_lock_forget(change->options->lock, (unsigned)i);
    for (size_t i = 0; i < change->locked; i++) {
        if (i < change->released && deletes(&change->updates[i]))
            continue;
        repo_lock_drop(change->options->lock, change->git_dir, change->updates[i].name);
        remove_empty_parents(change->git_dir, change->updates[i].name);
    }
}

/* What the reference is now, HEAD's file included; len 0: it does not exist. */
static int current(struct transaction *change, const char *name, struct oid *out)
{
    char *target;
    if (strncmp(name, "refs/", 5) == 0) {
        const struct local_ref *ref = local_refs_find(&change->now, name);
        *out = ref ? ref->oid : (struct oid){.len = 0};
        return 0;
    }
    *out = (struct oid){.len = 0};
    int rc = local_ref_file(change->git_dir, name, out, &target, change->fault);
    free(target);
    return rc < 0 ? -1 : 0;
}

static bool is_same(const struct oid *a, const struct oid *b)
{
    return a->len == b->len && (a->len == 0 || oid_equal(a, b));
}

/* Another run may have made it what it is to be: that is fine. */
static int check_old(struct transaction *change, const struct ref_update *update)
{
    struct oid now;
    char is[OID_HEX] = "nothing", was[OID_HEX] = "nothing";
    if (current(change, update->name, &now) < 0)
        return -1;
    if (is_same(&now, &update->old) || is_same(&now, &update->new))
        return 0;
    if (now.len)
        oid_hex(&now, is);
    if (update->old.len)
        oid_hex(&update->old, was);
    return fault_set(change->fault, FAULT_LOCAL, "reference '%.200s' is %s now and was %s",
                     update->name, is, was);
}

/* A reference above NAME ("a" above "a/b"), one that is to come included, or the first below it;
 * NULL: none. */
static const char *in_the_way(struct transaction *change, const char *name)
{
    char above[NAME_BYTES];
    const struct local_refs *now = &change->now;
    snprintf(above, sizeof above, "%s", name);
    for (char *slash; (slash = strrchr(above, '/')) != NULL;) {
        *slash = '\0';
        const struct local_ref *ref = local_refs_find(now, above);
        const struct ref_update *update = change_of(change, above);
        if (update && !deletes(update))
            return update->name;
        if (ref && !update)
            return ref->name;
    }
    snprintf(above, sizeof above, "%s/", name);
    size_t low = 0, high = now->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(now->refs[middle].name, above) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < now->count && strncmp(now->refs[low].name, above, strlen(above)) == 0; low++)
        if (!is_deleted(change, now->refs[low].name))
            return now->refs[low].name;
    return NULL;
}

/* Whether PATH, a reference's file or log, or the lock of one, goes with a reference. */
static bool goes(struct transaction *change, const char *path)
{
    static const char logs[] = "logs/", lock[] = ".lock";
    char name[NAME_BYTES];
    bool is_log = strncmp(path, logs, sizeof logs - 1) == 0;
    snprintf(name, sizeof name, "%s", path + (is_log ? sizeof logs - 1 : 0));
    size_t length = strlen(name), end = sizeof lock - 1;
    if (!is_log && length > end && strcmp(name + length - end, lock) == 0)
        name[length - end] = '\0';
    return is_deleted(change, name);
}

/* Whether PATH is a directory, and there is something in it, or deeper, that stays. */
static bool is_occupied(struct transaction *change, const char *path)
{
    int fd = openat(change->git_dir, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR *dir = fd < 0 ? NULL : fdopendir(fd);
    struct dirent *entry;
    bool stays = false;
    if (dir == NULL) {
        if (fd >= 0)
            close(fd);
        return false;
    }
    while (!stays && (entry = readdir(dir)) != NULL) {
        char name[NAME_BYTES];
        struct stat st;
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        if (snprintf(name, sizeof name, "%s/%s", path, entry->d_name) >= NAME_BYTES)
            stays = true;
        else if (fstatat(fd, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0)
            stays = S_ISDIR(st.st_mode) ? is_occupied(change, name) : !goes(change, name);
    }
    closedir(dir);
    return stays;
}

/* Whether above PATH, a log, there is a file that stays. */
static bool is_below_file(struct transaction *change, const char *path)
{
    char above[NAME_BYTES];
    snprintf(above, sizeof above, "%s", path);
    for (char *slash; (slash = strrchr(above, '/')) != NULL;) {
        struct stat st;
        *slash = '\0';
        if (fstatat(change->git_dir, above, &st, 0) == 0)
            return !S_ISDIR(st.st_mode) && !goes(change, above);
    }
    return false;
}

/* No file that is no reference may be where the reference and its log go. */
static int check_places(struct transaction *change, const struct ref_update *update)
{
    char path[NAME_BYTES];
    snprintf(path, sizeof path, "logs/%s", update->name);
    if (is_occupied(change, update->name))
        return fault_set(change->fault, FAULT_LOCAL, "'%.200s' is a directory, and not empty",
                         update->name);
    if (update->message && (is_occupied(change, path) || is_below_file(change, path)))
        return fault_set(change->fault, FAULT_LOCAL, "'%.200s' cannot be written for other logs",
                         path);
    return 0;
}

static int check_all(struct transaction *change)
{
    if (local_refs_read(change->git_dir, &change->now, change->fault) < 0)
        return -1;
    for (size_t i = 0; i < change->count; i++) {
        const struct ref_update *update = &change->updates[i];
        if (check_old(change, update) < 0)
            return -1;
        const char *other =
            deletes(update) || update->old.len ? NULL : in_the_way(change, update->name);
        if (other)
            return fault_set(change->fault, FAULT_LOCAL,
                             "references '%.200s' and '%.200s' cannot both exist", other,
                             update->name);
        if (!deletes(update) && check_places(change, update) < 0)
            return -1;
    }
    return 0;
}

/* packed-refs without those that are deleted, if one of them is there. */
static int delete_packed(struct transaction *change)
{
    const struct local_refs *now = &change->now;
    bool one = false;
    for (size_t i = 0; i < change->count; i++) {
        const struct local_ref *ref = local_refs_find(now, change->updates[i].name);
        one = one || (deletes(&change->updates[i]) && ref && ref->packed);
    }
    return one ? refdb_remove_packed(change->git_dir, is_deleted, change, change->options->lock,
                                     change->options->sync, change->fault)
               : 0;
}

/* The lock goes too: its directory may be the place of a reference that comes. */
static int delete_loose(struct transaction *change, const struct ref_update *update)
{
    char path[NAME_BYTES];
    /* What is packed alone may have a directory in its place, or a file above that. */
    if (unlinkat(change->git_dir, update->name, 0) < 0 && errno != ENOENT && errno != EISDIR &&
        errno != ENOTDIR)
        return fault_set(change->fault, FAULT_LOCAL, "cannot remove '%.200s': %s", update->name,
                         strerror(errno));
    repo_lock_drop(change->options->lock, change->git_dir, update->name);
    remove_empty_parents(change->git_dir, update->name);
    snprintf(path, sizeof path, "logs/%s", update->name);
    unlinkat(change->git_dir, path, 0);
    remove_empty_parents(change->git_dir, path);
    return 0;
}

static int log_change(struct transaction *change, const struct ref_update *update)
{
    char path[NAME_BYTES];
    struct oid none = {.len = update->new.len};
    if (update->message == NULL)
        return 0;
    snprintf(path, sizeof path, "logs/%s", update->name);
    remove_empty_dirs(change->git_dir, path);
    return refdb_log(change->git_dir, update->name, update->old.len ? &update->old : &none,
                     &update->new, change->options->who, update->message, change->fault);
}

static int publish(struct transaction *change, size_t number)
{
    const struct ref_update *update = &change->updates[number];
    char path[NAME_BYTES];
    struct oid now;
    if (current(change, update->name, &now) < 0)
        return -1;
    if (is_same(&now, &update->new))
        return 0;
    if (log_change(change, update) < 0)
        return -1;
    remove_empty_dirs(change->git_dir, update->name);
    if (repo_lock_put(change->options->lock, (unsigned)number, change->git_dir, update->name,
                      change->fault) < 0)
        return -1;
    if (!change->options->sync || change->count > SYNC_EACH)
        return 0;
    snprintf(path, sizeof path, "%s", update->name);
    char *slash = strrchr(path, '/');
    if (slash)
        *slash = '\0';
    return fs_sync_dir(change->git_dir, slash ? path : ".", change->fault);
}

/* Deletions first: a name may be the directory of one that comes. */
static int apply(struct transaction *change)
{
    int rc = delete_packed(change);
    for (size_t i = 0; rc == 0 && i < change->count; i++) {
        if (deletes(&change->updates[i]))
            rc = delete_loose(change, &change->updates[i]);
        if (rc == 0)
            change->released = i + 1;
    }
    for (size_t i = 0; rc == 0 && i < change->count; i++)
        if (!deletes(&change->updates[i]))
            rc = publish(change, i);
    if (rc == 0 && change->options->sync && change->count > SYNC_EACH)
        rc = fs_sync_tree(change->git_dir, change->fault);
    return rc;
}

int ref_update(int git_dir, const struct ref_update *updates, size_t count,
               const struct ref_update_options *options, struct fault *fault)
{
    struct transaction change = {
        .git_dir = git_dir, .updates = updates, .count = count, .options = options, .fault = fault};
    if (count == 0)
        return 0;
    int rc = sort_updates(&change);
    if (rc == 0)
        rc = lock_all(&change);
    if (rc == 0)
        rc = check_all(&change);
    if (rc == 0)
        rc = apply(&change);
    unlock_all(&change);
    local_refs_free(&change.now);
    free(change.sorted);
    return rc;
}
