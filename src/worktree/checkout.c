/* SPDX-License-Identifier: MIT */
#include "worktree/checkout.h"

#include "proto/object.h"
#include "system/disk_space.h"
#include "system/fs.h"
#include "system/interrupt.h"
#include "worktree/index.h"
#include "worktree/tree_list.h"

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
    uint32_t *order;            /* numbers of files, in the order they are written */
    int dir;                    /* descriptor of the last file's directory, or -1 */
    uint32_t directory;         /* its number */
    char path[OBJECT_PATH_MAX]; /* of the file at hand */
    bool plain_symlinks;        /* one was written as a plain file */
    struct fault *fault;
};

/* What to do about one file that cannot be written. */
static const char others[] = "(clone -n and export --path do without it)";

/* work_dir was empty: where a name is taken, a file system that folds case, or forms of
 * letters, has made one of two. */
static int failed(struct checkout *checkout, const char *what)
{
    const char *why = errno == EEXIST ? "the file system takes two names for one" : strerror(errno);
    return fault_set(checkout->fault, errno == ENOMEM ? FAULT_LIMIT : FAULT_LOCAL,
                     "cannot %s '%s' %s: %s", what, checkout->path, others, why);
}

static int not_a_blob(struct checkout *checkout, enum object_type type)
{
    return fault_set(checkout->fault, FAULT_PROTOCOL, "checkout: '%s' is a %s", checkout->path,
                     pack_type_name(type));
}

/* One component further down, made where it is missing. A link or a file there is refused. */
static int step_down(int dir, const char *name)
{
    if (mkdirat(dir, name, 0777) < 0 && errno != EEXIST)
        return -1;
    return openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

/* Opens the directory of the path's first LENGTH bytes, component by component. */
static int walk_down(struct checkout *checkout, size_t length)
{
    char name[OBJECT_NAME_MAX + 1];
    const char *path = checkout->path;
    int dir = checkout->options->work_dir;
    for (size_t at = 0; at < length;) {
        const char *slash = memchr(path + at, '/', length - at);
        size_t size = (size_t)(slash - (path + at));
        memcpy(name, path + at, size);
        name[size] = '\0';
        int next = step_down(dir, name);
        if (dir != checkout->options->work_dir)
            close(dir);
        if (next < 0)
            return failed(checkout, "create directory of");
        dir = next;
        at += size + 1;
    }
    return dir;
}

/* The directory that FILE goes to, in checkout->dir; *NAME is the last component of its path. */
static int enter_dir(struct checkout *checkout, const struct tree_list_file *file,
                     const char **name)
{
    size_t length = checkout->tree_list.directories[file->directory].path_len;
    *name = checkout->path + length;
    if (checkout->dir >= 0 && file->directory == checkout->directory)
        return 0;
    if (checkout->dir >= 0 && checkout->dir != checkout->options->work_dir)
        close(checkout->dir);
    checkout->dir = walk_down(checkout, length);
    checkout->directory = file->directory;
    return checkout->dir < 0 ? -1 : 0;
}

struct sink {
    int fd;
    const char *path;
    struct fault *fault;
};

static int sink_piece(void *context, const unsigned char *bytes, size_t size)
{
    struct sink *sink = context;
    return fs_put(sink->fd, bytes, size, sink->path, sink->fault);
}

static int write_file(struct checkout *checkout, struct tree_list_file *file, const char *name)
{
    enum object_type type;
    struct stat st;
    struct sink sink = {.path = checkout->path, .fault = checkout->fault};
    sink.fd = openat(checkout->dir, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                     file->entry.mode == MODE_EXECUTABLE ? 0777 : 0666);
    if (sink.fd < 0)
        return failed(checkout, "create");
    int rc = odb_stream(checkout->options->odb, &file->entry.oid, &type, sink_piece, &sink);
    if (rc == 0 && type != OBJECT_BLOB)
        rc = not_a_blob(checkout, type);
    if (rc == 0 && fstat(sink.fd, &st) < 0)
        rc = failed(checkout, "look at");
    if (close(sink.fd) < 0 && rc == 0)
        rc = failed(checkout, "write");
    if (rc == 0)
        index_entry_stat(&file->entry, &st);
    return rc;
}

static int write_symlink(struct checkout *checkout, struct tree_list_file *file, const char *name)
{
    char target[OBJECT_PATH_MAX];
    const unsigned char *bytes;
    enum object_type type;
    struct stat st;
    size_t size;
    int rc =
        odb_read(checkout->options->odb, &file->entry.oid, sizeof target - 1, &type, &bytes, &size);
    if (rc == 0 && type != OBJECT_BLOB)
        return not_a_blob(checkout, type);
    if (rc == 0 && (size == 0 || memchr(bytes, 0, size) != NULL))
        rc = fault_set(checkout->fault, FAULT_PROTOCOL, "is empty, or has a NUL in it");
    /* As a rule this is a whole file, of which somebody made a symlink by its mode alone. */
    if (rc < 0)
        return fault_wrap(checkout->fault, "symlink '%s' %s", checkout->path, others);
    memcpy(target, bytes, size);
    target[size] = '\0';
    if (symlinkat(target, checkout->dir, name) < 0)
        return failed(checkout, "create symlink");
    if (fstatat(checkout->dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
        return failed(checkout, "look at");
    index_entry_stat(&file->entry, &st);
    return 0;
}

/* A submodule: an empty directory. */
static int write_gitlink(struct checkout *checkout, struct tree_list_file *file, const char *name)
{
    struct stat st;
    if (mkdirat(checkout->dir, name, 0777) < 0)
        return failed(checkout, "create directory");
    if (fstatat(checkout->dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
        return failed(checkout, "look at");
    index_entry_stat(&file->entry, &st);
    file->entry.size = 0;
    return 0;
}

static int write_one(struct checkout *checkout, struct tree_list_file *file)
{
    const char *name;
    tree_list_path(&checkout->tree_list, file, checkout->path);
    if (enter_dir(checkout, file, &name) < 0)
        return -1;
    bool symlink = file->entry.mode == MODE_SYMLINK;
    if (symlink && !checkout->options->no_symlinks)
        return write_symlink(checkout, file, name);
    if (file->entry.mode == MODE_GITLINK)
        return write_gitlink(checkout, file, name);
    checkout->plain_symlinks |= symlink;
    return write_file(checkout, file, name);
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
                tree_list_path(tree_list, file, checkout->path);
                return not_a_blob(checkout, type);
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
    progress_end(&progress);
    return rc;
}

static int write_index(struct checkout *checkout)
{
    struct tree_list *tree_list = &checkout->tree_list;
    struct index_writer *writer =
        index_write_open(checkout->options->git_dir, checkout->options->hash,
                         (uint32_t)tree_list->count, checkout->fault);
    if (writer == NULL)
        return -1;
    for (size_t i = 0; i < tree_list->count; i++) {
        struct index_entry *entry = &tree_list->files[i].entry;
        entry->path_len = tree_list_path(tree_list, &tree_list->files[i], checkout->path);
        entry->path = checkout->path;
        if (index_write_entry(writer, entry) < 0) {
            index_write_abort(writer);
            return -1;
        }
    }
    return index_write_close(writer, false);
}

int checkout_tree(const struct checkout_options *options, const struct oid *tree,
                  struct fault *fault)
{
    struct checkout checkout = {.options = options, .dir = -1, .fault = fault};
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
    if (checkout.dir >= 0 && checkout.dir != options->work_dir)
        close(checkout.dir);
    free(checkout.order);
    tree_list_free(&checkout.tree_list);
    return rc == 0 && checkout.plain_symlinks ? 1 : rc;
}
