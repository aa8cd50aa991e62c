/* SPDX-License-Identifier: MIT */
#include "worktree/index_list.h"

#include "proto/object.h"
#include "system/array.h"
#include "system/file.h"
#include "system/fs.h"
#include "system/texts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define INDEX_MAX ((size_t)1 << 30) /* bytes of the file */

static int no_memory(struct fault *fault)
{
    return fault_set(fault, FAULT_LIMIT, "no memory for the index");
}

int index_list_add(struct index_list *list, const struct index_entry *entry, struct fault *fault)
{
    struct index_entry *more = array_room(list->entries, list->count, &list->room, sizeof *more);
    if (more == NULL)
        return no_memory(fault);
    list->entries = more;
    struct index_entry kept = *entry;
    kept.path = texts_keep(&list->paths, entry->path, entry->path_len);
    if (kept.path == NULL)
        return no_memory(fault);
    list->entries[list->count++] = kept;
    return 0;
}

struct reading {
    struct index_list *list;
    struct fault *fault;
};

static int take(void *context, const struct index_entry *entry)
{
    struct reading *reading = context;
    return index_list_add(reading->list, entry, reading->fault);
}

int index_list_read(int git_dir, const struct hash_ops *hash, struct index_list *out,
                    struct fault *fault)
{
    struct reading reading = {out, fault};
    struct stat st;
    char *bytes;
    size_t size;
    *out = (struct index_list){.count = 0};
    /* Before it is read: what is written in between is newer than this says. */
    if (fstatat(git_dir, "index", &st, 0) < 0) {
        if (errno == ENOENT)
            return 0;
        return fault_set(fault, FAULT_LOCAL, "cannot read the index: %s", strerror(errno));
    }
    out->written_s = (uint32_t)st.st_mtim.tv_sec;
    out->written_ns = (uint32_t)st.st_mtim.tv_nsec;
    if (fs_read(git_dir, "index", INDEX_MAX, false, &bytes, &size, fault) < 0)
        return -1;
    if (bytes == NULL)
        return 0;
    out->there = true;
    int rc = index_read((unsigned char *)bytes, size, hash, take, &reading, fault);
    free(bytes);
    return rc;
}

void index_list_free(struct index_list *list)
{
    texts_free(list->paths);
    free(list->entries);
    *list = (struct index_list){.count = 0};
}

bool index_list_find(const struct index_list *list, const char *path, size_t *at)
{
    size_t low = 0, high = list->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(list->entries[middle].path, path) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    *at = low;
    return low < list->count && strcmp(list->entries[low].path, path) == 0;
}

bool index_list_has_below(const struct index_list *list, const char *path)
{
    char below[OBJECT_PATH_MAX + 1];
    size_t at, length = (size_t)snprintf(below, sizeof below, "%s/", path);
    index_list_find(list, below, &at);
    return at < list->count && strncmp(list->entries[at].path, below, length) == 0;
}

/* As new as the index: it may have been written again in the same moment. */
static bool is_racy(const struct index_list *list, const struct index_entry *entry)
{
    return list->written_s != 0 &&
           (entry->mtime_s > list->written_s ||
            (entry->mtime_s == list->written_s && entry->mtime_ns >= list->written_ns));
}

static uint32_t mode_of(const struct file_options *options, const struct index_entry *entry,
                        const struct stat *st)
{
    if (S_ISLNK(st->st_mode))
        return MODE_SYMLINK;
    if (S_ISDIR(st->st_mode))
        return MODE_GITLINK;
    if (!S_ISREG(st->st_mode))
        return 0;
    if (options->no_symlinks && entry->mode == MODE_SYMLINK)
        return MODE_SYMLINK;
    if (options->no_modes)
        return entry->mode == MODE_EXECUTABLE ? MODE_EXECUTABLE : MODE_FILE;
    return st->st_mode & 0100 ? MODE_EXECUTABLE : MODE_FILE;
}

static bool same_stat(const struct index_entry *entry, const struct index_entry *now)
{
    return entry->mtime_s == now->mtime_s && entry->mtime_ns == now->mtime_ns &&
           entry->ctime_s == now->ctime_s && entry->ctime_ns == now->ctime_ns &&
           entry->ino == now->ino && entry->uid == now->uid && entry->gid == now->gid &&
           entry->size == now->size;
}

/* The id that the file's content has as a blob. */
static int hash_file(const struct hash_ops *ops, int at, const char *name, const struct stat *st,
                     struct oid *out, struct fault *fault)
{
    union hash hash;
    char head[40], target[OBJECT_PATH_MAX];
    struct file_reader in;
    int rc;
    ops->begin(&hash);
    if (S_ISLNK(st->st_mode)) {
        ssize_t size = readlinkat(at, name, target, sizeof target);
        if (size < 0)
            return fault_set(fault, FAULT_LOCAL, "cannot read '%s': %s", name, strerror(errno));
        return object_name(ops, OBJECT_BLOB, target, (size_t)size, out);
    }
    int fd = openat(at, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return fault_set(fault, FAULT_LOCAL, "cannot read '%s': %s", name, strerror(errno));
    int length = snprintf(head, sizeof head, "blob %llu", (unsigned long long)st->st_size);
    ops->add(&hash, head, (size_t)length + 1);
    file_read_open(&in, fd, 0, (uint64_t)st->st_size, name, fault);
    while ((rc = reader_fill(&in.reader)) == 1) {
        ops->add(&hash, in.reader.at, (size_t)(in.reader.end - in.reader.at));
        in.reader.at = in.reader.end;
    }
    close(fd);
    /* A content that attacks SHA-1 is no file that was checked out. */
    if (rc == 0 && ops->end(&hash, out) < 0)
        *out = (struct oid){.len = 0};
    return rc;
}

void file_place_open(struct file_place *place)
{
    place->dir = -1;
    place->path[0] = '\0';
}

void file_place_close(struct file_place *place)
{
    if (place->dir >= 0)
        close(place->dir);
    file_place_open(place);
}

/* Goes to the directory of PATH, through no link; *NAME is the rest. Its descriptor, which is
 * PLACE's or WORK_DIR; -1: it is not there. */
static int enter(struct file_place *place, int work_dir, const char *path, const char **name)
{
    char part[OBJECT_NAME_MAX + 1];
    const char *last = strrchr(path, '/');
    *name = last ? last + 1 : path;
    if (last == NULL)
        return work_dir;
    size_t length = (size_t)(*name - path);
    if (place->dir >= 0 && strncmp(place->path, path, length) == 0 && place->path[length] == '\0')
        return place->dir;
    file_place_close(place);
    int dir = work_dir;
    for (const char *slash, *at = path; at < *name; at = slash + 1) {
        slash = strchr(at, '/');
        snprintf(part, sizeof part, "%.*s", (int)(slash - at), at);
        int next = openat(dir, part, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (dir != work_dir)
            close(dir);
        if (next < 0)
            return -1;
        dir = next;
    }
    place->dir = dir;
    memcpy(place->path, path, length);
    place->path[length] = '\0';
    return dir;
}

/* One file, in the directory AT under NAME. */
static int judge(const struct index_list *list, const struct file_options *options, int at,
                 const char *name, struct index_entry *entry, enum file_state *out, struct stat *st,
                 bool *refreshed, struct fault *fault)
{
    struct index_entry now = *entry;
    struct oid oid;
    if (fstatat(at, name, st, AT_SYMLINK_NOFOLLOW) < 0) {
        if (errno != ENOENT && errno != ENOTDIR)
            return fault_set(fault, FAULT_LOCAL, "cannot look at '%s': %s", entry->path,
                             strerror(errno));
        *out = FILE_MISSING;
        return 0;
    }
    uint32_t mode = mode_of(options, entry, st);
    if (mode == MODE_GITLINK && entry->mode != MODE_GITLINK)
        *out = FILE_MISSING; /* a directory stands there */
    if (mode != entry->mode)
        return 0;
    index_entry_stat(&now, st);
    /* What a submodule has checked out is its own affair. */
    if (mode == MODE_GITLINK || (same_stat(entry, &now) && !is_racy(list, entry))) {
        *out = FILE_SAME;
        entry->seen = true;
        return 0;
    }
    /* git writes size 0 for what is to be looked into. */
    if (entry->size != now.size && entry->size != 0)
        return 0;
    if (hash_file(options->hash, at, name, st, &oid, fault) < 0)
        return -1;
    if (oid.len != entry->oid.len || !oid_equal(&oid, &entry->oid))
        return 0;
    *refreshed = !same_stat(entry, &now);
    index_entry_stat(entry, st);
    entry->seen = true;
    *out = FILE_SAME;
    return 0;
}

int index_list_file(const struct index_list *list, const struct file_options *options,
                    struct index_entry *entry, enum file_state *out, struct stat *st,
                    bool *refreshed, struct fault *fault)
{
    struct file_place own, *place = options->place ? options->place : &own;
    const char *name;
    int rc = 0;
    *out = FILE_DIFFERS;
    *refreshed = false;
    if (place == &own)
        file_place_open(&own);
    int at = enter(place, options->work_dir, entry->path, &name);
    if (at < 0)
        *out = FILE_MISSING;
    else
        rc = judge(list, options, at, name, entry, out, st, refreshed, fault);
    if (place == &own)
        file_place_close(&own);
    return rc;
}

/* A file as new as the index may have been changed after that was written, in the same moment. */
static int settle(struct index_list *list, const struct file_options *given, struct fault *fault)
{
    /* Directories may have been replaced since. */
    struct file_options now = *given, *options = &now;
    now.place = NULL;
    for (size_t i = 0; i < list->count; i++) {
        struct index_entry *entry = &list->entries[i];
        enum file_state state;
        struct stat st;
        bool refreshed;
        if (entry->seen || !is_racy(list, entry))
            continue;
        if (index_list_file(list, options, entry, &state, &st, &refreshed, fault) < 0)
            return -1;
        if (state != FILE_SAME)
            entry->size = 0;
    }
    return 0;
}

int index_list_write(int git_dir, const char *name, const struct file_options *options,
                     struct index_list *list, bool sync, struct fault *fault)
{
    uint32_t version = 2;
    if (settle(list, options, fault) < 0)
        return -1;
    for (size_t i = 0; i < list->count; i++)
        if (list->entries[i].extended)
            version = 3;
    struct index_writer *writer =
        index_write_open(git_dir, name, options->hash, version, (uint32_t)list->count, fault);
    if (writer == NULL)
        return -1;
    for (size_t i = 0; i < list->count; i++)
        if (index_write_entry(writer, &list->entries[i]) < 0) {
            index_write_abort(writer);
            return -1;
        }
    return index_write_close(writer, sync);
}
