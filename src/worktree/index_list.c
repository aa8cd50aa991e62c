/* SPDX-License-Identifier: MIT */
#include "worktree/index_list.h"

#include "proto/object.h"
#include "system/file.h"
#include "system/fs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define INDEX_MAX ((size_t)1 << 30) /* bytes of the file */
enum {
    ENTRY_MIN = 64, /* bytes of an entry, at least */
    FAR = 2048,     /* entries: some 160 KB */
    APART = 256     /* entries from one landmark to the next: some 20 KB */
};

static int no_memory(struct fault *fault)
{
    return fault_set(fault, FAULT_LIMIT, "no memory for the index");
}

/* What was looked at is forgotten every FAR entries. */
static void forget(const struct index_list *list, size_t at)
{
    if (at % FAR == 0)
        file_map_forget(&list->map);
}

/* An entry of version 4 with its whole path. */
static int keep_whole(struct index_list *list, const struct index_entry *entry)
{
    unsigned char fixed[INDEX_FIXED_MAX];
    struct writer *out = &list->whole.writer;
    size_t size = index_entry_pack(entry, fixed);
    return writer_put(out, fixed, size) < 0 || writer_put(out, entry->path, entry->path_len) < 0
               ? -1
               : writer_put(out, "", 1);
}

static int take(void *context, const struct index_entry *entry)
{
    struct index_list *list = context;
    forget(list, list->count);
    list->extended = list->extended || entry->extended;
    if (list->count % APART == 0) {
        const char *kept = texts_keep(&list->texts, entry->path, entry->path_len);
        if (kept == NULL)
            return no_memory(list->whole.writer.fault);
        list->landmarks[list->count / APART] = kept;
    }
    list->starts[list->count++] =
        (uint32_t)(entry->raw ? (size_t)(entry->raw - list->map.bytes) : list->whole.used);
    return entry->raw ? 0 : keep_whole(list, entry);
}

int index_list_read(int git_dir, const struct hash_ops *hash, struct index_list *out,
                    struct fault *fault)
{
    struct index_extensions extensions;
    struct stat st;
    *out = (struct index_list){.hash = hash};
    growing_writer_open(&out->whole, INDEX_MAX, "the index", fault);
    /* Before it is read: what is written in between is newer than this says. */
    if (fstatat(git_dir, "index", &st, 0) < 0) {
        if (errno == ENOENT)
            return 0;
        return fault_set(fault, FAULT_LOCAL, "cannot read the index: %s", strerror(errno));
    }
    out->written_s = (uint32_t)st.st_mtim.tv_sec;
    out->written_ns = (uint32_t)st.st_mtim.tv_nsec;
    int rc = file_map_open(&out->map, git_dir, "index", INDEX_MAX, fault);
    if (rc <= 0)
        return rc;
    out->there = true;
    size_t room = out->map.size / ENTRY_MIN + 1;
    out->starts = malloc(room * sizeof *out->starts);
    out->landmarks = malloc((room / APART + 1) * sizeof *out->landmarks);
    if (out->starts == NULL || out->landmarks == NULL)
        return no_memory(fault);
    if (index_read(out->map.bytes, out->map.size, hash, take, out, &extensions, fault) < 0 ||
        tree_cache_read(&out->trees, extensions.trees, extensions.trees_size, hash->oid_len,
                        fault) < 0)
        return -1;
    out->bytes = out->whole.used > 0 ? out->whole.bytes : out->map.bytes;
    out->changed = calloc(out->count + 1, sizeof *out->changed);
    out->seen = calloc(out->count + 1, sizeof *out->seen);
    file_map_forget(&out->map);
    return out->changed && out->seen ? 0 : no_memory(fault);
}

void index_list_free(struct index_list *list)
{
    for (size_t i = 0; list->changed && i < list->count; i++)
        free(list->changed[i]);
    free(list->changed);
    free(list->seen);
    free(list->starts);
    free(list->landmarks);
    texts_free(list->texts);
    growing_writer_close(&list->whole);
    file_map_close(&list->map);
    tree_cache_free(&list->trees);
    *list = (struct index_list){.count = 0};
}

static struct index_entry entry_as_read(const struct index_list *list, size_t at)
{
    struct index_entry entry;
    forget(list, at);
    index_entry_unpack(list->bytes + list->starts[at], list->hash->oid_len, &entry);
    return entry;
}

struct index_entry index_list_entry(const struct index_list *list, size_t at)
{
    return list->changed[at] ? *list->changed[at] : entry_as_read(list, at);
}

const char *index_list_path(const struct index_list *list, size_t at)
{
    return index_entry_path(list->bytes + list->starts[at], list->hash->oid_len);
}

uint32_t index_list_mode(const struct index_list *list, size_t at)
{
    return index_entry_mode(list->bytes + list->starts[at]);
}

struct index_range index_list_all(const struct index_list *list)
{
    return (struct index_range){0, list->count};
}

/* The first of the entries, or of the landmarks, LOW to HIGH that is not before PATH. */
static size_t search(const struct index_list *list, size_t low, size_t high, bool landmarks,
                     const char *path)
{
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const char *other = landmarks ? list->landmarks[middle] : index_list_path(list, middle);
        if (strcmp(other, path) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

bool index_list_find(const struct index_list *list, struct index_range range, const char *path,
                     size_t *at)
{
    size_t low = range.first, high = range.behind, first = low / APART + 1,
           behind = (high + APART - 1) / APART, mark = search(list, first, behind, true, path);
    if (mark > first)
        low = (mark - 1) * APART + 1;
    if (mark < behind)
        high = mark * APART;
    low = search(list, low, high, false, path);
    if (low / FAR != *at / FAR)
        file_map_forget(&list->map);
    *at = low;
    return low < range.behind && strcmp(index_list_path(list, low), path) == 0;
}

struct index_range index_list_below(const struct index_list *list, struct index_range range,
                                    const char *path, size_t length, size_t *near)
{
    char key[OBJECT_PATH_MAX + 1];
    snprintf(key, sizeof key, "%.*s/", (int)length, path);
    index_list_find(list, range, key, near);
    struct index_range out = {*near, *near};
    key[length] = '/' + 1; /* "src/..." is before "src0", and nothing is between */
    index_list_find(list, (struct index_range){out.first, range.behind}, key, &out.behind);
    return out;
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

bool index_list_unchanged(const struct index_list *list, const struct file_options *options,
                          size_t at)
{
    const struct index_entry entry = entry_as_read(list, at);
    struct index_entry now = entry;
    const char *name;
    struct stat st;
    int dir = enter(options->place, options->work_dir, entry.path, &name);
    if (dir < 0 || fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
        mode_of(options, &entry, &st) != entry.mode)
        return false;
    index_entry_stat(&now, &st);
    return same_stat(&entry, &now) && !is_racy(list, &entry);
}

/* Keeps ENTRY in the place of entry AT. */
static int keep_change(struct index_list *list, size_t at, const struct index_entry *entry,
                       struct fault *fault)
{
    if (list->changed[at] == NULL)
        list->changed[at] = malloc(sizeof *entry);
    if (list->changed[at] == NULL)
        return no_memory(fault);
    *list->changed[at] = *entry;
    return 0;
}

int index_list_look(struct index_list *list, const struct file_options *options, size_t at,
                    enum file_state *out, struct stat *st, bool *refreshed, struct fault *fault)
{
    struct index_entry entry = index_list_entry(list, at);
    if (index_list_file(list, options, &entry, out, st, refreshed, fault) < 0)
        return -1;
    list->seen[at] = list->seen[at] || *out == FILE_SAME;
    return *refreshed ? keep_change(list, at, &entry, fault) : 0;
}

/* Entry AT as it is to be written. A file as new as the index may have been changed after that was
 * written, in the same moment: for git, which as a rule compares no nanoseconds, in the same
 * second. */
static int settled(struct index_list *list, const struct file_options *files, size_t at,
                   struct index_entry *out, struct fault *fault)
{
    enum file_state state = FILE_SAME;
    struct stat st;
    bool refreshed;
    *out = index_list_entry(list, at);
    if (!list->seen[at] && list->written_s != 0 && out->mtime_s >= list->written_s &&
        index_list_file(list, files, out, &state, &st, &refreshed, fault) < 0)
        return -1;
    if (state != FILE_SAME)
        out->size = 0;
    return 0;
}

static int write_entries(struct index_list *list, const struct index_change *changes, size_t count,
                         const struct file_options *files, struct index_writer *writer,
                         struct fault *fault)
{
    size_t at = 0;
    for (size_t i = 0; i <= count; i++) {
        const struct index_change *change = i < count ? &changes[i] : NULL;
        for (; at < (change ? change->at : list->count); at++) {
            struct index_entry entry;
            if (settled(list, files, at, &entry, fault) < 0 ||
                index_write_entry(writer, &entry) < 0)
                return -1;
        }
        if (change == NULL)
            return 0;
        if (change->entry && index_write_entry(writer, change->entry) < 0)
            return -1;
        at += change->drop;
    }
    return 0;
}

int index_list_write(struct index_list *list, const struct index_change *changes, size_t count,
                     const struct file_options *files, const struct index_write_options *options,
                     struct fault *fault)
{
    struct index_write_options found = *options;
    /* Directories may have been replaced since they were looked at. */
    struct file_options now = *files;
    now.place = NULL;
    found.version = list->extended ? 3 : 2;
    found.count = (uint32_t)list->count;
    for (size_t i = 0; i < count; i++)
        found.count += (changes[i].entry != NULL) - (uint32_t)changes[i].drop;
    struct index_writer *writer = index_write_open(&found, fault);
    if (writer == NULL)
        return -1;
    if (write_entries(list, changes, count, &now, writer, fault) < 0) {
        index_write_abort(writer);
        return -1;
    }
    return index_write_close(writer);
}
