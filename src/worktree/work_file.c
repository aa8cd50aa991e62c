/* SPDX-License-Identifier: MIT */
#include "worktree/work_file.h"

#include "system/fs.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* work_dir was empty: where a name is taken, a file system that folds case, or forms of
 * letters, has made one of two. */
static int failed(struct work_file *work, const char *what)
{
    const char *why = errno == EEXIST ? "the file system takes two names for one" : strerror(errno);
    return fault_set(work->fault, errno == ENOMEM ? FAULT_LIMIT : FAULT_LOCAL,
                     "cannot %s '%s' %s: %s", what, work->path, work->hint, why);
}

int work_file_not_a_blob(const char *path, enum object_type type, struct fault *fault)
{
    return fault_set(fault, FAULT_PROTOCOL, "checkout: '%s' is a %s", path, pack_type_name(type));
}

/* One component further down, made where it is missing. A link or a file there is refused. */
static int step_down(int dir, const char *name)
{
    const int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
    int fd = openat(dir, name, flags);
    if (fd >= 0 || errno != ENOENT)
        return fd;
    if (mkdirat(dir, name, 0777) < 0 && errno != EEXIST)
        return -1;
    return openat(dir, name, flags);
}

int work_file_dir(struct work_file *work, size_t length)
{
    char name[OBJECT_NAME_MAX + 1];
    const char *path = work->path;
    int dir = work->work_dir;
    for (size_t at = 0; at < length;) {
        const char *slash = memchr(path + at, '/', length - at);
        size_t size = (size_t)(slash - (path + at));
        memcpy(name, path + at, size);
        name[size] = '\0';
        int next = step_down(dir, name);
        if (dir != work->work_dir)
            close(dir);
        if (next < 0)
            return failed(work, "create directory of");
        dir = next;
        at += size + 1;
    }
    return dir;
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

static int write_file(struct work_file *work, const char *name, struct index_entry *entry)
{
    enum object_type type;
    struct stat st;
    struct sink sink = {.path = work->path, .fault = work->fault};
    sink.fd = openat(work->dir, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                     entry->mode == MODE_EXECUTABLE ? 0777 : 0666);
    if (sink.fd < 0)
        return failed(work, "create");
    int rc = work->place
                 ? odb_stream_at(work->odb, &entry->oid, work->place, &type, sink_piece, &sink)
                 : odb_stream(work->odb, &entry->oid, &type, sink_piece, &sink);
    if (rc == 0 && type != OBJECT_BLOB)
        rc = work_file_not_a_blob(work->path, type, work->fault);
    if (rc == 0 && fstat(sink.fd, &st) < 0)
        rc = failed(work, "look at");
    if (close(sink.fd) < 0 && rc == 0)
        rc = failed(work, "write");
    if (rc == 0)
        index_entry_stat(entry, &st);
    return rc;
}

static int write_symlink(struct work_file *work, const char *name, struct index_entry *entry)
{
    char target[OBJECT_PATH_MAX];
    const unsigned char *bytes;
    enum object_type type;
    struct stat st;
    size_t size;
    int rc = odb_read(work->odb, &entry->oid, sizeof target - 1, &type, &bytes, &size);
    if (rc == 0 && type != OBJECT_BLOB)
        return work_file_not_a_blob(work->path, type, work->fault);
    if (rc == 0 && (size == 0 || memchr(bytes, 0, size) != NULL))
        rc = fault_set(work->fault, FAULT_PROTOCOL, "is empty, or has a NUL in it");
    /* As a rule this is a whole file, of which somebody made a symlink by its mode alone. */
    if (rc < 0)
        return fault_wrap(work->fault, "symlink '%s' %s", work->path, work->hint);
    memcpy(target, bytes, size);
    target[size] = '\0';
    if (symlinkat(target, work->dir, name) < 0)
        return failed(work, "create symlink");
    if (fstatat(work->dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
        return failed(work, "look at");
    index_entry_stat(entry, &st);
    return 0;
}

/* A submodule: an empty directory. */
static int write_gitlink(struct work_file *work, const char *name, struct index_entry *entry)
{
    struct stat st;
    if (mkdirat(work->dir, name, 0777) < 0)
        return failed(work, "create directory");
    if (fstatat(work->dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
        return failed(work, "look at");
    index_entry_stat(entry, &st);
    entry->size = 0;
    return 0;
}

int work_file_make(struct work_file *work, const char *name, struct index_entry *entry)
{
    bool symlink = entry->mode == MODE_SYMLINK;
    if (symlink && !work->no_symlinks)
        return write_symlink(work, name, entry);
    if (entry->mode == MODE_GITLINK)
        return write_gitlink(work, name, entry);
    work->plain_symlinks |= symlink;
    return write_file(work, name, entry);
}
