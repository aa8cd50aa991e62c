/* SPDX-License-Identifier: MIT */
#include "worktree/checkout.h"

#include "proto/object.h"
#include "system/disk_space.h"
#include "system/fs.h"
#include "system/interrupt.h"
#include "worktree/index.h"
#include "worktree/tree_list.h"
#include "worktree/work_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    PROGRESS_DELAY = 1000 /* ms before "Updating files" is shown, as git waits */
};

struct checkout {
    const struct checkout_options *options;
    struct tree_list tree_list;
    uint32_t *order;       /* numbers of files, in the order they are written */
    struct work_file work; /* its dir: the last file's, or -1 */
    uint32_t directory;    /* its number */
    struct fault *fault;
};

/* What to do about one file that cannot be written. */
static const char others[] = "(clone -n and export --path do without it)";

/* The directory that FILE goes to, in checkout->work.dir; *NAME is the last component of its path.
 */
static int enter_dir(struct checkout *checkout, const struct tree_list_file *file,
                     const char **name)
{
    size_t length = checkout->tree_list.directories[file->directory].path_len;
    *name = checkout->work.path + length;
    if (checkout->work.dir >= 0 && file->directory == checkout->directory)
        return 0;
    if (checkout->work.dir >= 0 && checkout->work.dir != checkout->options->work_dir)
        close(checkout->work.dir);
    checkout->work.dir = work_file_dir(&checkout->work, length);
    checkout->directory = file->directory;
    return checkout->work.dir < 0 ? -1 : 0;
}

static int write_one(struct checkout *checkout, struct tree_list_file *file)
{
    const char *name;
    tree_list_path(&checkout->tree_list, file, checkout->work.path);
    if (enter_dir(checkout, file, &name) < 0)
        return -1;
    return work_file_make(&checkout->work, name, &file->entry);
}

/* Symlinks last (P4); else in the order of the pack, so that it is read once from front to back. */
struct rank {
    bool link;
    uint32_t pack, number;
    uint64_t offset;
};

static int compare_ranks(const void *a, const void *b)
{
    const struct rank *x = a, *y = b;
    if (x->link != y->link)
        return x->link ? 1 : -1;
    if (x->pack != y->pack)
        return x->pack < y->pack ? -1 : 1;
    if (x->offset != y->offset)
        return x->offset < y->offset ? -1 : 1;
    return x->number < y->number ? -1 : x->number > y->number;
}

static int make_order(struct checkout *checkout)
{
    size_t count = checkout->tree_list.count;
    struct rank *ranks = malloc((count + 1) * sizeof *ranks);
    checkout->order = malloc((count + 1) * sizeof *checkout->order);
    if (ranks == NULL || checkout->order == NULL) {
        free(ranks);
        return fault_set(checkout->fault, FAULT_LIMIT, "no memory for a checkout of %zu files",
                         count);
    }
    for (size_t i = 0; i < count; i++) {
        const struct tree_list_file *file = &checkout->tree_list.files[i];
        ranks[i] =
            (struct rank){file->entry.mode == MODE_SYMLINK, file->pack, (uint32_t)i, file->offset};
    }
    qsort(ranks, count, sizeof *ranks, compare_ranks);
    for (size_t i = 0; i < count; i++)
        checkout->order[i] = ranks[i].number;
    free(ranks);
    return 0;
}

/* P8: twelve objects can stand for a billion files, and a small blob for a large one. What is to be
 * written has to fit before the first byte is. */
static int check_space(struct checkout *checkout)
{
    const struct tree_list *tree_list = &checkout->tree_list;
    const struct tree_list_file *before = NULL;
    struct disk_space space;
    enum object_type type;
    uint64_t size = 0;
    disk_space_open(&space, checkout->options->work_dir);
    disk_space_add_directories(&space, tree_list->directory_count - 1);
    if (checkout->options->git_dir >= 0)
        disk_space_add(&space,
                       index_size(checkout->options->hash, tree_list->count, tree_list->paths));
    for (size_t i = 0; i < tree_list->count; i++) {
        const struct tree_list_file *file = &tree_list->files[checkout->order[i]];
        if (file->entry.mode == MODE_GITLINK) {
            disk_space_add_directories(&space, 1);
            continue;
        }
        if (before == NULL || !oid_equal(&before->entry.oid, &file->entry.oid)) {
            if (odb_size(checkout->options->odb, &file->entry.oid, &type, &size) < 0)
                return -1;
            if (type != OBJECT_BLOB && type != OBJECT_NONE) {
                tree_list_path(tree_list, file, checkout->work.path);
                return work_file_not_a_blob(&checkout->work, type);
            }
        }
        disk_space_add(&space, size);
        before = file;
    }
    return disk_space_check(&space, "the working tree", checkout->fault);
}

static int write_files(struct checkout *checkout)
{
    struct progress progress;
    size_t count = checkout->tree_list.count;
    int rc = 0;
    progress_begin(&progress, "Updating files", count, checkout->options->progress, false,
                   PROGRESS_DELAY);
    for (size_t i = 0; rc == 0 && i < count; i++) {
        if (interrupt_seen)
            rc = fault_set(checkout->fault, FAULT_INTERRUPTED, "interrupted");
        else
            rc = write_one(checkout, &checkout->tree_list.files[checkout->order[i]]);
        progress_update(&progress, i + 1, 0);
    }
    progress_end(&progress, rc == 0);
    return rc;
}

static int write_index(struct checkout *checkout)
{
    struct tree_list *tree_list = &checkout->tree_list;
    const struct index_write_options options = {.git_dir = checkout->options->git_dir,
                                                .name = "index",
                                                .hash = checkout->options->hash,
                                                .version = 2,
                                                .count = (uint32_t)tree_list->count,
                                                .odb = checkout->options->odb};
    struct index_writer *writer = index_write_open(&options, checkout->fault);
    if (writer == NULL)
        return -1;
    for (size_t i = 0; i < tree_list->count; i++) {
        struct index_entry *entry = &tree_list->files[i].entry;
        entry->path_len = tree_list_path(tree_list, &tree_list->files[i], checkout->work.path);
        entry->path = checkout->work.path;
        if (index_write_entry(writer, entry) < 0) {
            index_write_abort(writer);
            return -1;
        }
    }
    return index_write_close(writer);
}

int checkout_tree(const struct checkout_options *options, const struct oid *tree,
                  struct fault *fault)
{
    struct checkout checkout = {.options = options,
                                .work = {.odb = options->odb,
                                         .work_dir = options->work_dir,
                                         .no_symlinks = options->no_symlinks,
                                         .hint = others,
                                         .dir = -1,
                                         .fault = fault},
                                .fault = fault};
    size_t most = options->entries_max ? options->entries_max : WORKTREE_ENTRIES_MAX;
    struct tree_list_limits limits = {most, options->memory ? options->memory : SIZE_MAX,
                                      WORKTREE_PATHS_MAX};
    if (tree_list_read(&checkout.tree_list, options->odb, tree, options->paths, &limits, fault) < 0)
        return -1;
    int rc = make_order(&checkout);
    if (rc == 0)
        rc = check_space(&checkout);
    if (rc == 0)
        rc = write_files(&checkout);
    if (rc == 0 && options->git_dir >= 0)
        rc = write_index(&checkout);
    if (checkout.work.dir >= 0 && checkout.work.dir != options->work_dir)
        close(checkout.work.dir);
    free(checkout.order);
    tree_list_free(&checkout.tree_list);
    return rc == 0 && checkout.work.plain_symlinks ? 1 : rc;
}
