/* SPDX-License-Identifier: MIT */
#include "worktree/checkout.h"

#include "proto/object.h"
#include "system/beside.h"
#include "system/disk_space.h"
#include "system/fs.h"
#include "system/interrupt.h"
#include "worktree/index.h"
#include "worktree/tree_list.h"
#include "worktree/work_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
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
    uint32_t *order;          /* numbers of files, in the order they are written */
    size_t blobs, links;      /* where they begin in it, behind submodules */
    _Atomic unsigned claimed; /* parts of what is before them */
    _Atomic unsigned written; /* files, for progress */
    char path[OBJECT_PATH_MAX];
    struct fault *fault;
};

enum {
    PART = 64,             /* files */
    SHARED_MIN = 16 * PART /* fewer take some hundredths of a second */
};

/* What a thread writes files with. Two share them: one from the front of the order, one from its
 * end, PART by PART, until they meet. */
struct hand {
    struct checkout *checkout;
    struct work_file work; /* its dir: the last file's, or -1 */
    uint32_t directory;    /* its number */
    bool second;
    struct progress *progress; /* the first one's */
    struct fault fault;        /* the second one's */
};

/* What to do about one file that cannot be written. */
static const char others[] = "(clone -n and export --path do without it)";

static void hand_open(struct hand *hand, struct checkout *checkout, struct fault *fault)
{
    const struct checkout_options *options = checkout->options;
    hand->checkout = checkout;
    hand->work = (struct work_file){.odb = options->odb,
                                    .work_dir = options->work_dir,
                                    .no_symlinks = options->no_symlinks,
                                    .hint = others,
                                    .dir = -1,
                                    .fault = fault};
}

static void leave_dir(struct hand *hand)
{
    if (hand->work.dir >= 0 && hand->work.dir != hand->work.work_dir)
        close(hand->work.dir);
    hand->work.dir = -1;
}

/* The directory that FILE goes to, in hand->work.dir; *NAME is the last component of its path. */
static int enter_dir(struct hand *hand, const struct tree_list_file *file, const char **name)
{
    size_t length = hand->checkout->tree_list.directories[file->directory].path_len;
    *name = hand->work.path + length;
    if (hand->work.dir >= 0 && file->directory == hand->directory)
        return 0;
    leave_dir(hand);
    hand->work.dir = work_file_dir(&hand->work, length);
    hand->directory = file->directory;
    return hand->work.dir < 0 ? -1 : 0;
}

static int write_one(struct hand *hand, uint32_t number)
{
    struct tree_list *tree_list = &hand->checkout->tree_list;
    struct tree_list_file *file = tree_list_file(tree_list, number);
    struct index_entry entry = tree_list_entry(tree_list, file, hand->work.path);
    struct place place = place_numbered(file->place);
    const char *name;
    if (interrupt_seen)
        return fault_set(hand->work.fault, FAULT_INTERRUPTED, "interrupted");
    hand->work.place = &place;
    if (enter_dir(hand, file, &name) < 0 || work_file_make(&hand->work, name, &entry) < 0)
        return -1;
    index_entry_pack(&entry, file->fixed);
    return 0;
}

static int write_range(struct hand *hand, size_t from, size_t behind)
{
    struct checkout *checkout = hand->checkout;
    for (size_t i = from; i < behind; i++) {
        if (write_one(hand, checkout->order[i]) < 0)
            return -1;
        unsigned written = atomic_fetch_add(&checkout->written, 1) + 1;
        if (hand->progress)
            progress_update(hand->progress, written, 0);
    }
    return 0;
}

/* All parts that are free, from the hand's end on. */
static int write_parts(void *context)
{
    struct hand *hand = context;
    struct checkout *checkout = hand->checkout;
    size_t files = checkout->links, parts = (files - checkout->blobs + PART - 1) / PART;
    for (size_t i = 0; atomic_fetch_add(&checkout->claimed, 1) < parts; i++) {
        size_t from = checkout->blobs + (hand->second ? parts - 1 - i : i) * PART;
        if (write_range(hand, from, from + PART < files ? from + PART : files) < 0) {
            atomic_store(&checkout->claimed, (unsigned)parts);
            return -1;
        }
    }
    return 0;
}

/* The second thread's work; what it cannot begin it leaves to the first. */
static int write_beside(void *context)
{
    struct hand *second = context;
    struct odb *twin = odb_twin(second->checkout->options->odb, &second->fault);
    if (twin == NULL)
        return 0;
    second->work.odb = twin;
    int rc = write_parts(second);
    leave_dir(second);
    odb_close(twin);
    return rc;
}

/* Another thread writes, too, where there are enough files for two. */
static int write_shared(struct hand *first)
{
    struct checkout *checkout = first->checkout;
    struct hand second = {.second = true};
    struct beside beside;
    hand_open(&second, checkout, &second.fault);
    bool two = checkout->options->threads > 1 && checkout->links >= SHARED_MIN &&
               beside_try(&beside, write_beside, &second);
    int rc = write_parts(first);
    if (two && beside_end(&beside) < 0 && rc == 0)
        rc = fault_set(checkout->fault, second.fault.class, "%s", second.fault.text);
    return rc;
}

/* A file's turn: submodules first, symlinks last (P4); else in the order of the packs, so that they
 * are read from front to back. */
struct rank {
    uint64_t turn;   /* its place, and LAST for a symlink */
    uint32_t number; /* in the list */
};
#define LAST ((uint64_t)1 << 63)

static int compare_ranks(const void *a, const void *b)
{
    const struct rank *x = a, *y = b;
    if (x->turn != y->turn)
        return x->turn < y->turn ? -1 : 1;
    return x->number < y->number ? -1 : x->number > y->number;
}

static int make_order(struct checkout *checkout)
{
    const struct tree_list *tree_list = &checkout->tree_list;
    size_t count = tree_list->count;
    struct rank *ranks = malloc((count + 1) * sizeof *ranks);
    checkout->order = malloc((count + 1) * sizeof *checkout->order);
    if (ranks == NULL || checkout->order == NULL) {
        free(ranks);
        return fault_set(checkout->fault, FAULT_LIMIT, "no memory for a checkout of %zu files",
                         count);
    }
    for (size_t i = 0; i < count; i++) {
        const struct tree_list_file *file = tree_list_file(tree_list, i);
        bool link = index_entry_mode(file->fixed) == MODE_SYMLINK;
        ranks[i] = (struct rank){file->place | (link ? LAST : 0), (uint32_t)i};
        checkout->links += !link;
        checkout->blobs += file->place == 0;
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
    struct disk_space space;
    enum object_type type;
    uint64_t size = 0, before = 0;
    disk_space_open(&space, checkout->options->work_dir);
    disk_space_add_directories(&space, tree_list->directory_count - 1);
    if (checkout->options->git_dir >= 0)
        disk_space_add(&space,
                       index_size(checkout->options->hash, tree_list->count, tree_list->paths));
    for (size_t i = 0; i < tree_list->count; i++) {
        const struct tree_list_file *file = tree_list_file(tree_list, checkout->order[i]);
        const struct index_entry entry = tree_list_entry(tree_list, file, checkout->path);
        const struct place place = place_numbered(file->place);
        if (entry.mode == MODE_GITLINK) {
            disk_space_add_directories(&space, 1);
            continue;
        }
        if (file->place != before) {
            if (odb_size_at(checkout->options->odb, &entry.oid, &place, &type, &size) < 0)
                return -1;
            if (type != OBJECT_BLOB && type != OBJECT_NONE)
                return work_file_not_a_blob(checkout->path, type, checkout->fault);
        }
        disk_space_add(&space, size);
        before = file->place;
    }
    return disk_space_check(&space, "the working tree", checkout->fault);
}

static int write_files(struct checkout *checkout, bool *plain_symlinks)
{
    struct progress progress;
    size_t count = checkout->tree_list.count;
    struct hand hand = {.progress = &progress};
    hand_open(&hand, checkout, checkout->fault);
    progress_begin(&progress, "Updating files", count, checkout->options->progress, false,
                   PROGRESS_DELAY);
    int rc = write_range(&hand, 0, checkout->blobs);
    if (rc == 0)
        rc = write_shared(&hand);
    if (rc == 0)
        rc = write_range(&hand, checkout->links, count);
    progress_update(&progress, atomic_load(&checkout->written), 0);
    progress_end(&progress, rc == 0);
    leave_dir(&hand);
    *plain_symlinks = hand.work.plain_symlinks;
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
        const struct tree_list_file *file = tree_list_file(tree_list, i);
        const struct index_entry entry = tree_list_entry(tree_list, file, checkout->path);
        if (index_write_packed(writer, file->fixed, tree_list->fixed_size, &entry) < 0) {
            index_write_abort(writer);
            return -1;
        }
    }
    return index_write_close(writer);
}

int checkout_tree(const struct checkout_options *options, const struct oid *tree,
                  struct fault *fault)
{
    struct checkout checkout = {.options = options, .fault = fault};
    bool plain_symlinks = false;
    size_t most = options->entries_max ? options->entries_max : WORKTREE_ENTRIES_MAX;
    struct tree_list_limits limits = {most, options->memory ? options->memory : SIZE_MAX,
                                      WORKTREE_PATHS_MAX};
    if (tree_list_read(&checkout.tree_list, options->odb, tree, options->paths, &limits, fault) < 0)
        return -1;
    int rc = make_order(&checkout);
    if (rc == 0)
        rc = check_space(&checkout);
    if (rc == 0)
        rc = write_files(&checkout, &plain_symlinks);
    if (rc == 0 && options->git_dir >= 0)
        rc = write_index(&checkout);
    free(checkout.order);
    tree_list_free(&checkout.tree_list);
    return rc == 0 && plain_symlinks ? 1 : rc;
}
