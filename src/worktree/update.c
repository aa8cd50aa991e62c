/* SPDX-License-Identifier: MIT */
#include "worktree/update.h"

#include "system/interrupt.h"
#include "system/progress.h"
#include "worktree/tree_diff.h"
#include "worktree/work_change.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    PROGRESS_DELAY = 1000, /* ms before "Updating files" is shown */
    DEPTH = 64             /* directories below one that has the place of a file */
};

enum action { LEAVE, TAKE_OVER, WRITE, REMOVE, FORGET /* REMOVE, but for the file */ };

/* What becomes of one path that differs. */
struct step {
    const struct tree_change *change;
    struct index_entry entry; /* TAKE_OVER, WRITE: of the new index */
    enum action action;
    size_t at;     /* where it is in the list, or would be */
    size_t listed; /* entries that it has there: all sides of a merge */
};

struct update {
    const struct update_options *options;
    struct index_list *list;
    size_t near; /* where the last search there ended */
    struct update_conflicts *conflicts;
    struct tree_diff diff;
    struct step *steps;
    size_t count;
    struct work_change change;
    struct fault *fault;
};

static int no_memory(const struct update *update)
{
    return fault_set(update->fault, FAULT_LIMIT, "no memory to update the working tree");
}

static int conflict(struct update *update, const char *path, enum conflict_kind kind)
{
    return update_conflicts_add(update->conflicts, path, kind, update->fault);
}

/* Whether entry AT of the list is PATH, in any stage. */
static bool is_at(const struct index_list *list, size_t at, const char *path)
{
    return at < list->count && strcmp(index_list_path(list, at), path) == 0;
}

static struct index_entry entry_of(const struct tree_change *change)
{
    return (struct index_entry){.mode = change->new_mode,
                                .oid = change->new,
                                .path = change->path,
                                .path_len = strlen(change->path)};
}

/* Whether the file at the step's path is what NEW has there already. */
static int is_new_already(struct update *update, struct step *step, bool *out)
{
    struct index_entry entry = entry_of(step->change);
    enum file_state state;
    struct stat st;
    bool refreshed;
    if (index_list_file(update->list, &update->options->files, &entry, &state, &st, &refreshed,
                        update->fault) < 0)
        return -1;
    *out = state == FILE_SAME && entry.mode != MODE_GITLINK;
    if (*out)
        step->entry = entry;
    return 0;
}

static int by_path(const void *a, const void *b)
{
    const struct tree_change *x = a, *y = b;
    return strcmp(x->path, y->path);
}

static const struct tree_change *change_of(const struct update *update, const char *path)
{
    const struct tree_change key = {.path = path};
    return bsearch(&key, update->diff.changes, update->diff.count, sizeof key, by_path);
}

/* Whether a step before, or the one for PATH, removes what stands there, which the index has. */
static bool is_removed(const struct update *update, const char *path)
{
    const struct tree_change *change = change_of(update, path);
    size_t at = update->near;
    return change != NULL && change->new_mode == 0 &&
           index_list_find(update->list, index_list_all(update->list), path, &at);
}

/* What is staged as a file above PATH, or below it, and stays there: no index can have both. */
static int check_index(struct update *update, const char *path)
{
    const struct index_list *list = update->list;
    const struct index_range all = index_list_all(list);
    char above[OBJECT_PATH_MAX];
    size_t at = update->near;
    struct index_range below = index_list_below(list, all, path, strlen(path), &at);
    for (at = below.first; at < below.behind; at++)
        if (!is_removed(update, index_list_path(list, at)))
            return conflict(update, index_list_path(list, at), CONFLICT_CHANGED);
    for (const char *slash = path; (slash = strchr(slash, '/')) != NULL; slash++) {
        snprintf(above, sizeof above, "%.*s", (int)(slash - path), path);
        if (index_list_find(list, all, above, &at) && !is_removed(update, above))
            return conflict(update, above, CONFLICT_CHANGED);
    }
    return 0;
}

/* Whether the directory PATH has anything in it that is not removed by this update; what is further
 * down than DEPTH counts as such. 1 or 0. */
static int holds_others(struct update *update, const char *path, unsigned depth)
{
    char below[OBJECT_PATH_MAX];
    struct stat st;
    struct dirent *entry;
    int rc = 0;
    int fd = openat(update->options->files.work_dir, path,
                    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR *dir = fd < 0 ? NULL : fdopendir(fd);
    if (dir == NULL) {
        if (fd >= 0)
            close(fd);
        return 1;
    }
    while (rc == 0 && (entry = readdir(dir)) != NULL) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        int length = snprintf(below, sizeof below, "%s/%s", path, entry->d_name);
        if ((size_t)length >= sizeof below ||
            fstatat(fd, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0)
            rc = 1;
        else if (S_ISDIR(st.st_mode))
            rc = depth == 0 ? 1 : holds_others(update, below, depth - 1);
        else
            rc = !is_removed(update, below);
    }
    closedir(dir);
    return rc;
}

/* Nothing of somebody's may stand at PATH, or where a directory above it is needed. */
static int check_way(struct update *update, const char *path)
{
    int work_dir = update->options->files.work_dir;
    char found[OBJECT_PATH_MAX];
    struct stat st;
    /* From the top down: what is behind a link is not there. */
    for (const char *slash = path; (slash = strchr(slash, '/')) != NULL; slash++) {
        snprintf(found, sizeof found, "%.*s", (int)(slash - path), path);
        if (fstatat(work_dir, found, &st, AT_SYMLINK_NOFOLLOW) < 0)
            return 0;
        if (!S_ISDIR(st.st_mode))
            return is_removed(update, found) ? 0 : conflict(update, found, CONFLICT_UNTRACKED);
    }
    if (fstatat(work_dir, path, &st, AT_SYMLINK_NOFOLLOW) < 0)
        return 0;
    if (!S_ISDIR(st.st_mode))
        return conflict(update, path, CONFLICT_UNTRACKED);
    return holds_others(update, path, DEPTH) ? conflict(update, path, CONFLICT_DIRECTORY) : 0;
}

/* Whether PATH is below a submodule that comes by its path: git leaves what is there. */
static bool is_below_module(const struct update *update, const char *path)
{
    char above[OBJECT_PATH_MAX];
    for (const char *slash = path; (slash = strchr(slash, '/')) != NULL; slash++) {
        snprintf(above, sizeof above, "%.*s", (int)(slash - path), path);
        const struct tree_change *change = change_of(update, above);
        if (change && change->new_mode == MODE_GITLINK)
            return update->options->paths || update->options->take_all;
    }
    return false;
}

/* A path that the index does not have. */
static int plan_untracked(struct update *update, struct step *step)
{
    bool already;
    if (step->change->new_mode == 0)
        return 0;
    step->action = WRITE;
    if (!update->options->force && check_index(update, step->change->path) < 0)
        return -1;
    if (is_new_already(update, step, &already) < 0)
        return -1;
    if (already) {
        step->action = TAKE_OVER;
        return 0;
    }
    return update->options->force ? 0 : check_way(update, step->change->path);
}

/* A path that the index has as OLD has it: its file must be unchanged. */
static int plan_tracked(struct update *update, struct step *step)
{
    const struct update_options *options = update->options;
    struct index_entry entry = index_list_entry(update->list, step->at);
    /* git leaves these alone, by force too, unless they are asked for. */
    bool marked = !options->paths && !options->take_all &&
                  (entry.flags & INDEX_ASSUME_VALID || entry.extended & INDEX_SKIP_WORKTREE);
    bool same = entry.mode == step->change->new_mode && oid_equal(&entry.oid, &step->change->new);
    enum file_state state;
    struct stat st;
    bool refreshed, already = false;
    step->action = step->change->new_mode ? WRITE : REMOVE;
    if (step->action == REMOVE && is_below_module(update, step->change->path)) {
        step->action = FORGET;
        return 0;
    }
    if (index_list_look(update->list, &update->options->files, step->at, &state, &st, &refreshed,
                        update->fault) < 0)
        return -1;
    /* What is as NEW has it, in the index and as a file, is left alone. */
    if (state == FILE_SAME && same && !(entry.flags & INDEX_STAGES))
        step->action = LEAVE;
    if (state == FILE_SAME || (state == FILE_MISSING && step->action == REMOVE))
        return 0;
    if (state == FILE_MISSING)
        return options->force ? 0 : check_way(update, step->change->path);
    if (step->change->new_mode && is_new_already(update, step, &already) < 0)
        return -1;
    if (already)
        step->action = TAKE_OVER;
    if (already || (options->force && (same || !marked)))
        return 0;
    return conflict(update, step->change->path,
                    options->force ? CONFLICT_MARKED : CONFLICT_CHANGED);
}

/* What the index has at the step's path, against what the two trees have there. */
static int plan(struct update *update, struct step *step)
{
    const struct tree_change *change = step->change;
    const struct index_list *list = update->list;
    index_list_find(list, index_list_all(list), change->path, &update->near);
    step->at = update->near;
    while (is_at(list, step->at + step->listed, change->path))
        step->listed++;
    step->entry = entry_of(change);
    if (step->listed == 0) {
        if (change->old_mode == 0 || change->new_mode == 0 || update->options->force)
            return plan_untracked(update, step);
        return conflict(update, change->path, CONFLICT_CHANGED);
    }
    struct index_entry entry = index_list_entry(list, step->at);
    if (change->new_mode == entry.mode && oid_equal(&entry.oid, &change->new)) {
        if (!update->options->force || entry.extended & INDEX_SKIP_WORKTREE)
            return 0;
        step->entry.flags = entry.flags & INDEX_ASSUME_VALID;
    }
    if (update->options->force ||
        (change->old_mode == entry.mode && oid_equal(&entry.oid, &change->old)))
        return plan_tracked(update, step);
    return conflict(update, change->path, CONFLICT_CHANGED);
}

static int check_merge(const struct update *update)
{
    for (size_t i = 0; !update->options->force && i < update->list->count; i++) {
        struct index_entry entry = index_list_entry(update->list, i);
        if (entry.flags & INDEX_STAGES)
            return fault_set(update->fault, FAULT_LOCAL,
                             "a merge is not finished: '%.400s' (reset --hard gives it up)",
                             entry.path);
    }
    return 0;
}

static int plan_all(struct update *update)
{
    update->count = update->diff.count;
    update->steps = calloc(update->count + 1, sizeof *update->steps);
    if (update->steps == NULL)
        return no_memory(update);
    for (size_t i = 0; i < update->count; i++) {
        update->steps[i].change = &update->diff.changes[i];
        if (plan(update, &update->steps[i]) < 0)
            return -1;
    }
    return 0;
}

/* What goes, from the last to the first, so that directories are empty before they go; then what
 * comes, symlinks last (P4). */
static int touch_files(struct update *update)
{
    struct progress progress;
    size_t done = 0, total = 0;
    int rc = 0;
    for (size_t i = 0; i < update->count; i++)
        total += update->steps[i].action == WRITE || update->steps[i].action == REMOVE;
    stat(".", &update->change.here); /* zeros stay when it has gone */
    progress_begin(&progress, "Updating files", total, update->options->progress, false,
                   PROGRESS_DELAY);
    for (size_t i = update->count; rc == 0 && i > 0; i--)
        if (update->steps[i - 1].action == REMOVE) {
            rc = work_change_remove(&update->change, update->steps[i - 1].change->path);
            progress_update(&progress, ++done, 0);
        }
    for (int links = 0; links < 2; links++)
        for (size_t i = 0; rc == 0 && i < update->count; i++) {
            struct step *step = &update->steps[i];
            if (step->action != WRITE || (step->entry.mode == MODE_SYMLINK) != (links == 1))
                continue;
            rc = interrupt_seen ? fault_set(update->fault, FAULT_INTERRUPTED, "interrupted")
                                : work_change_write(&update->change, &step->entry);
            progress_update(&progress, ++done, 0);
        }
    progress_end(&progress, rc == 0);
    return rc;
}

static int write_index(struct update *update)
{
    struct index_change *changes = calloc(update->count + 1, sizeof *changes);
    size_t count = 0;
    if (changes == NULL)
        return no_memory(update);
    for (size_t i = 0; i < update->count; i++) {
        const struct step *step = &update->steps[i];
        if (step->action == LEAVE)
            continue;
        changes[count++] =
            (struct index_change){.at = step->at,
                                  .drop = step->listed,
                                  .entry = step->action < REMOVE ? &step->entry : NULL};
    }
    int rc = index_lock_write(update->options->lock, update->list, changes, count,
                              &update->options->files, update->options->odb,
                              !update->options->no_sync, update->fault);
    free(changes);
    return rc;
}

/* All are taken but where paths are named, of which each is to be found. */
static bool takes(const struct update *update, const char *path, uint32_t mode)
{
    struct pathset *paths = update->options->paths;
    bool named = paths && pathset_takes_file(paths, path, strlen(path), mode == MODE_GITLINK);
    return named || paths == NULL || update->options->take_all;
}

/* Files that are to be as the index has them. */
static int compare_index(struct update *update)
{
    const struct index_list *list = update->list;
    struct tree_diff *out = &update->diff;
    out->changes = malloc((list->count + 1) * sizeof *out->changes);
    for (size_t i = 0; out->changes && i < list->count; i++) {
        struct index_entry entry = index_list_entry(list, i);
        if (entry.extended & INDEX_SKIP_WORKTREE || !takes(update, entry.path, entry.mode))
            continue;
        if (entry.flags & INDEX_STAGES)
            return fault_set(update->fault, FAULT_LOCAL, "path '%.400s' is unmerged", entry.path);
        out->changes[out->count++] =
            (struct tree_change){.path = entry.path, .new_mode = entry.mode, .new = entry.oid};
    }
    return out->changes ? 0 : no_memory(update);
}

/* What the index has at AT goes. */
static struct tree_change gone(const struct index_list *list, size_t at)
{
    struct index_entry entry = index_list_entry(list, at);
    return (struct tree_change){.path = entry.path, .old_mode = entry.mode, .old = entry.oid};
}

/* By force everything is looked at: what NEW has, and what the index has besides. */
static int compare_all(struct update *update)
{
    const struct oid *new = update->options->new;
    const struct index_list *list = update->list;
    struct tree_diff all, *out = &update->diff;
    if (tree_diff_read(update->options->odb, NULL, new, &all, update->fault) < 0) {
        tree_diff_free(&all);
        return -1;
    }
    *out = (struct tree_diff){.paths = all.paths};
    out->changes = malloc((all.count + list->count + 1) * sizeof *out->changes);
    size_t at = 0;
    for (size_t i = 0; out->changes && i <= all.count; i++) {
        for (; at < list->count &&
               (i == all.count || strcmp(index_list_path(list, at), all.changes[i].path) < 0);
             at++)
            if (update->options->paths == NULL && !update->options->take_all &&
                (out->count == 0 || !is_at(list, at, out->changes[out->count - 1].path)))
                out->changes[out->count++] = gone(list, at);
        if (i < all.count && takes(update, all.changes[i].path, all.changes[i].new_mode))
            out->changes[out->count++] = all.changes[i];
        while (i < all.count && is_at(list, at, all.changes[i].path))
            at++;
    }
    free(all.changes);
    return out->changes ? 0 : no_memory(update);
}

static int remove_entry(struct update *update, size_t at)
{
    struct tree_diff *diff = &update->diff;
    struct tree_change *more = realloc(diff->changes, (diff->count + 1) * sizeof *more);
    if (more == NULL)
        return no_memory(update);
    diff->changes = more;
    more[diff->count++] = gone(update->list, at);
    return 0;
}

/* Files of single paths beside those that the index has: a file and a directory of one name cannot
 * both stand there, and what comes counts. */
static int remove_namesakes(struct update *update)
{
    const struct index_range all = index_list_all(update->list);
    size_t count = update->diff.count, at = 0, near = 0;
    for (size_t i = 0; i < count; i++) {
        char path[OBJECT_PATH_MAX];
        int length = snprintf(path, sizeof path, "%s", update->diff.changes[i].path);
        struct index_range below = index_list_below(update->list, all, path, (size_t)length, &near);
        for (at = below.first; at < below.behind; at++)
            if (remove_entry(update, at) < 0)
                return -1;
        for (char *slash; (slash = strrchr(path, '/')) != NULL;) {
            *slash = '\0';
            if (index_list_find(update->list, all, path, &at) && remove_entry(update, at) < 0)
                return -1;
        }
    }
    struct tree_change *changes = update->diff.changes;
    qsort(changes, update->diff.count, sizeof *changes, by_path);
    size_t kept = 0;
    for (size_t i = 0; i < update->diff.count; i++)
        if (kept == 0 || strcmp(changes[kept - 1].path, changes[i].path) != 0)
            changes[kept++] = changes[i];
    update->diff.count = kept;
    return 0;
}

static int compare(struct update *update)
{
    const struct update_options *options = update->options;
    if (options->from_index)
        return compare_index(update);
    if (options->force) {
        if (compare_all(update) < 0)
            return -1;
        return options->paths || options->take_all ? remove_namesakes(update) : 0;
    }
    return tree_diff_read(options->odb, options->old, options->new, &update->diff, update->fault);
}

int update_work_tree(const struct update_options *options, struct index_list *list,
                     struct update_conflicts *conflicts, struct fault *fault)
{
    struct update update = {.options = options,
                            .list = list,
                            .conflicts = conflicts,
                            .change = {.work = {.odb = options->odb,
                                                .work_dir = options->files.work_dir,
                                                .no_symlinks = options->files.no_symlinks,
                                                .hint = "in the working tree",
                                                .dir = -1,
                                                .fault = fault},
                                       .git_dir = options->git_dir,
                                       .force = options->force},
                            .fault = fault};
    *conflicts = (struct update_conflicts){.texts = NULL};
    int rc = check_merge(&update);
    if (rc == 0)
        rc = compare(&update);
    if (rc == 0 && options->paths)
        rc = pathset_all_found(options->paths, fault);
    if (rc == 0)
        rc = plan_all(&update);
    for (int kind = 0; rc == 0 && kind < CONFLICT_KINDS; kind++)
        if (conflicts->count[kind] > 0)
            rc = 1;
    if (rc == 0)
        rc = touch_files(&update);
    if (rc == 0)
        rc = write_index(&update);
    free(update.steps);
    tree_diff_free(&update.diff);
    return rc;
}
