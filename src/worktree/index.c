/* SPDX-License-Identifier: MIT */
/* The index (gitformat-index).
 *
 *   "DIRC" | version | count
 *   entry: ctime s ns, mtime s ns, dev, ino, mode, uid, gid, size (4 bytes each) | id |
 *          flags: assume-valid 1, extended 1, stage 2, name length 12 (0xfff: longer) |
 *          [ version 3, extended: 2 bytes more ] | path | 1 to 8 NULs, to a multiple of 8 bytes
 *          version 4: instead of the path, how many bytes to drop from the end of the last one (a
 *          number as in OFS_DELTAs), what stands there instead, and one NUL
 *   extension: signature (4) | size (4) | bytes
 *   hash of all before, or zeros
 */
#include "worktree/index.h"

#include "proto/bytes.h"
#include "proto/object.h"
#include "system/file.h"
#include "system/fs.h"
#include "worktree/pathorder.h"
#include "worktree/tree_cache.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
    HEADER = 12,
    STAT_SIZE = INDEX_ID,
    MODE = 24,
    NAME_MASK = 0xfff,
    STAGE_SHIFT = 12,
    EXTENDED = 0x4000
};

void index_entry_stat(struct index_entry *entry, const struct stat *st)
{
    entry->ctime_s = (uint32_t)st->st_ctim.tv_sec;
    entry->ctime_ns = (uint32_t)st->st_ctim.tv_nsec;
    entry->mtime_s = (uint32_t)st->st_mtim.tv_sec;
    entry->mtime_ns = (uint32_t)st->st_mtim.tv_nsec;
    entry->dev = (uint32_t)st->st_dev;
    entry->ino = (uint32_t)st->st_ino;
    entry->uid = (uint32_t)st->st_uid;
    entry->gid = (uint32_t)st->st_gid;
    entry->size = (uint32_t)st->st_size;
}

uint64_t index_size(const struct hash_ops *hash, uint64_t count, uint64_t paths)
{
    return HEADER + count * (STAT_SIZE + hash->oid_len + 2) + paths + hash->oid_len;
}

size_t index_entry_pack(const struct index_entry *entry, unsigned char out[INDEX_FIXED_MAX])
{
    const uint32_t fields[] = {entry->ctime_s, entry->ctime_ns, entry->mtime_s, entry->mtime_ns,
                               entry->dev,     entry->ino,      entry->mode,    entry->uid,
                               entry->gid,     entry->size};
    size_t used = 0;
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++, used += 4)
        bytes_put32(out + used, fields[i]);
    memcpy(out + used, entry->oid.id, entry->oid.len);
    used += entry->oid.len;
    size_t length = entry->path_len < NAME_MASK ? entry->path_len : NAME_MASK;
    bytes_put16(out + used, (uint16_t)(entry->flags | (entry->extended ? EXTENDED : 0) | length));
    used += 2;
    if (entry->extended) {
        bytes_put16(out + used, entry->extended);
        used += 2;
    }
    return used;
}

/* What stands before the path at AT. Its bytes. */
static size_t unpack_fixed(const unsigned char *at, size_t oid_len, struct index_entry *out)
{
    uint32_t *const fields[] = {&out->ctime_s, &out->ctime_ns, &out->mtime_s, &out->mtime_ns,
                                &out->dev,     &out->ino,      &out->mode,    &out->uid,
                                &out->gid,     &out->size};
    size_t fixed = STAT_SIZE + oid_len + 2;
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        *fields[i] = bytes_get32(at + 4 * i);
    uint16_t flags = bytes_get16(at + fixed - 2);
    out->oid = oid_from(at + STAT_SIZE, oid_len);
    out->flags = flags & (INDEX_ASSUME_VALID | INDEX_STAGES);
    out->extended = 0;
    if (!(flags & EXTENDED))
        return fixed;
    out->extended = bytes_get16(at + fixed);
    return fixed + 2;
}

void index_entry_unpack(const unsigned char *at, size_t oid_len, struct index_entry *out)
{
    out->path = (const char *)at + unpack_fixed(at, oid_len, out);
    out->path_len = strlen(out->path);
    out->raw = at;
}

const char *index_entry_path(const unsigned char *at, size_t oid_len)
{
    size_t fixed = STAT_SIZE + oid_len + 2;
    return (const char *)at + fixed + (bytes_get16(at + fixed - 2) & EXTENDED ? 2 : 0);
}

uint32_t index_entry_mode(const unsigned char *at)
{
    return bytes_get32(at + MODE);
}

struct index_writer {
    struct file_writer out;
    struct index_write_options options;
    int fd;
    union hash hash;
    struct tree_cache_maker *trees;
    struct fault *fault;
};

static int put(struct index_writer *writer, const void *bytes, size_t size)
{
    writer->options.hash->add(&writer->hash, bytes, size);
    return writer_put(&writer->out.writer, bytes, size);
}

struct index_writer *index_write_open(const struct index_write_options *options,
                                      struct fault *fault)
{
    unsigned char header[HEADER] = "DIRC";
    struct index_writer *writer = calloc(1, sizeof *writer);
    if (writer == NULL) {
        fault_set(fault, FAULT_LIMIT, "no memory to write the index with");
        return NULL;
    }
    writer->options = *options;
    writer->fault = fault;
    writer->fd = fs_lock(options->git_dir, options->name, fault);
    if (writer->fd < 0) {
        free(writer);
        return NULL;
    }
    file_write_open(&writer->out, writer->fd, "the index", fault);
    options->hash->begin(&writer->hash);
    bytes_put32(header + 4, options->version);
    bytes_put32(header + 8, options->count);
    if (tree_cache_open(options->odb, options->hash, &writer->trees, fault) == 0 &&
        put(writer, header, sizeof header) == 0)
        return writer;
    index_write_abort(writer);
    return NULL;
}

int index_write_packed(struct index_writer *writer, const unsigned char *fixed, size_t size,
                       const struct index_entry *entry)
{
    static const unsigned char zeros[8];
    if (put(writer, fixed, size) < 0 || put(writer, entry->path, entry->path_len) < 0 ||
        put(writer, zeros, 8 - (size + entry->path_len) % 8) < 0)
        return -1;
    return tree_cache_add(writer->trees, entry);
}

int index_write_entry(struct index_writer *writer, const struct index_entry *entry)
{
    unsigned char fixed[INDEX_FIXED_MAX];
    return index_write_packed(writer, fixed, index_entry_pack(entry, fixed), entry);
}

static int put_trees(struct index_writer *writer)
{
    unsigned char head[8] = "TREE";
    const unsigned char *bytes;
    size_t size;
    if (tree_cache_end(writer->trees, &bytes, &size) < 0)
        return -1;
    if (size == 0)
        return 0;
    bytes_put32(head + 4, (uint32_t)size);
    return put(writer, head, sizeof head) < 0 ? -1 : put(writer, bytes, size);
}

static int finish(struct index_writer *writer, int rc, bool sync)
{
    rc = fs_unlock(writer->options.git_dir, writer->options.name, writer->fd, rc, sync,
                   writer->fault);
    tree_cache_close(writer->trees);
    free(writer);
    return rc;
}

int index_write_close(struct index_writer *writer)
{
    struct oid oid;
    int rc = put_trees(writer);
    writer->options.hash->end(&writer->hash, &oid);
    if (rc == 0)
        rc = writer_put(&writer->out.writer, oid.id, oid.len);
    if (rc == 0)
        rc = file_flush(&writer->out);
    return finish(writer, rc, writer->options.sync);
}

void index_write_abort(struct index_writer *writer)
{
    if (writer)
        finish(writer, -1, false);
}

/* An index while it is read: at..end is what is left before the trailing hash. */
struct index_reader {
    const unsigned char *start, *at, *end;
    size_t oid_len;
    uint32_t version;
    struct pathorder order;
    unsigned merge; /* of the last entry: 0, or 1 to 3 for the sides of a merge */
    char path[OBJECT_PATH_MAX], last[OBJECT_PATH_MAX]; /* of version 4: put together, in turns */
    size_t path_len;
    const struct hash_ops *ops;
    union hash hash; /* of all before `at` */
    struct fault *fault;
};

static void advance(struct index_reader *reader, size_t size)
{
    reader->ops->add(&reader->hash, reader->at, size);
    reader->at += size;
}

static int malformed(const struct index_reader *reader, const char *what)
{
    return fault_set(reader->fault, FAULT_PROTOCOL, "index: byte %zu: %s",
                     (size_t)(reader->at - reader->start), what);
}

static int check_path(const struct index_reader *reader, const struct index_entry *entry)
{
    const char *at = entry->path, *end = at + entry->path_len;
    if (entry->path_len >= OBJECT_PATH_MAX)
        return malformed(reader, "a path of over 4095 bytes");
    for (;;) {
        const char *slash = memchr(at, '/', (size_t)(end - at));
        const char *why = object_name_refused(at, (size_t)((slash ? slash : end) - at), false);
        if (why)
            return malformed(reader, why);
        if (slash == NULL)
            return 0;
        at = slash + 1;
    }
}

/* A path may stand there once for each side of a merge. */
static int check_order(struct index_reader *reader, const struct index_entry *entry, unsigned merge)
{
    struct pathorder *order = &reader->order;
    bool again = order->path && order->length == entry->path_len && merge > reader->merge &&
                 reader->merge > 0 && memcmp(order->path, entry->path, entry->path_len) == 0;
    const char *why = again ? NULL : pathorder_next(order, entry->path, entry->path_len);
    reader->merge = merge;
    return why ? malformed(reader, why) : 0;
}

static bool is_mode(uint32_t mode)
{
    return mode == MODE_FILE || mode == MODE_EXECUTABLE || mode == MODE_SYMLINK ||
           mode == MODE_GITLINK;
}

/* path = bytes 1*8( NUL ), to a multiple of 8. *WHOLE: bytes of the entry, of which FIXED stand
 * before the path. */
static int read_path(const struct index_reader *reader, struct index_entry *entry, size_t fixed,
                     size_t left, size_t *whole)
{
    const unsigned char *nul = memchr(reader->at + fixed, '\0', left - fixed);
    if (nul == NULL)
        return malformed(reader, "a path without an end");
    entry->path = (const char *)reader->at + fixed;
    entry->path_len = (size_t)(nul - (reader->at + fixed));
    *whole = (fixed + entry->path_len + 8) / 8 * 8;
    if (*whole > left)
        return malformed(reader, "an entry is cut");
    for (size_t i = fixed + entry->path_len; i < *whole; i++)
        if (reader->at[i] != 0)
            return malformed(reader, "padding that is not NUL");
    return 0;
}

/* path = drop bytes NUL (version 4) */
static int read_short_path(struct index_reader *reader, struct index_entry *entry, size_t fixed,
                           size_t left, size_t *whole)
{
    const unsigned char *at = reader->at + fixed, *end = reader->at + left;
    size_t drop = 0, more = 0;
    do {
        if (at == end || drop > OBJECT_PATH_MAX)
            return malformed(reader, "a path that is shortened by too much");
        drop = (drop + more) << 7 | (*at & 0x7f);
        more = 1;
    } while (*at++ & 0x80);
    const unsigned char *nul = memchr(at, '\0', (size_t)(end - at));
    if (nul == NULL)
        return malformed(reader, "a path without an end");
    if (drop > reader->path_len)
        return malformed(reader, "a path that is shortened by too much");
    size_t kept = reader->path_len - drop, added = (size_t)(nul - at);
    if (added >= sizeof reader->path - kept)
        return malformed(reader, "a path of over 4095 bytes");
    memcpy(reader->last, reader->path, reader->path_len);
    reader->order.path = reader->order.path ? reader->last : NULL;
    memcpy(reader->path + kept, at, added);
    reader->path_len = kept + added;
    reader->path[reader->path_len] = '\0';
    entry->path = reader->path;
    entry->path_len = reader->path_len;
    *whole = (size_t)(nul + 1 - reader->at);
    return 0;
}

static int read_entry(struct index_reader *reader, struct index_entry *entry)
{
    size_t left = (size_t)(reader->end - reader->at), fixed = STAT_SIZE + reader->oid_len + 2;
    if (left < fixed)
        return malformed(reader, "an entry is cut");
    uint16_t flags = bytes_get16(reader->at + fixed - 2);
    if (flags & EXTENDED && reader->version < 3)
        return malformed(reader, "an extended entry in version 2");
    if (flags & EXTENDED)
        fixed += 2;
    if (left < fixed)
        return malformed(reader, "an entry is cut");
    unpack_fixed(reader->at, reader->oid_len, entry);
    entry->raw = reader->version == 4 ? NULL : reader->at;
    size_t whole = 0;
    if ((reader->version == 4 ? read_short_path(reader, entry, fixed, left, &whole)
                              : read_path(reader, entry, fixed, left, &whole)) < 0)
        return -1;
    size_t said = flags & NAME_MASK;
    if (entry->path_len != said && (said != NAME_MASK || entry->path_len < NAME_MASK))
        return malformed(reader, "a path of another length than its flags say");
    if (!is_mode(entry->mode))
        return malformed(reader, "a mode that is not that of a file, a symlink or a submodule");
    if (check_path(reader, entry) < 0)
        return -1;
    if (check_order(reader, entry, flags >> STAGE_SHIFT & 3) < 0)
        return -1;
    advance(reader, whole);
    return 0;
}

/* Extensions whose signature begins with a capital may be passed over. */
static int read_extensions(struct index_reader *reader, struct index_extensions *out)
{
    while (reader->at < reader->end) {
        size_t left = (size_t)(reader->end - reader->at);
        if (left < 8 || bytes_get32(reader->at + 4) > left - 8)
            return malformed(reader, "an extension is cut");
        if (memcmp(reader->at, "link", 4) == 0 || memcmp(reader->at, "sdir", 4) == 0)
            return fault_set(reader->fault, FAULT_LOCAL,
                             "the index is a %s index, which smidgit does not have",
                             reader->at[0] == 'l' ? "split" : "sparse");
        if (reader->at[0] < 'A' || reader->at[0] > 'Z')
            return malformed(reader, "an extension that is unknown and needed");
        if (out && memcmp(reader->at, "TREE", 4) == 0)
            *out = (struct index_extensions){reader->at + 8, bytes_get32(reader->at + 4)};
        advance(reader, 8 + (size_t)bytes_get32(reader->at + 4));
    }
    return 0;
}

static int check_trailer(struct index_reader *reader)
{
    static const unsigned char none[sizeof(struct oid)]; /* index.skipHash */
    struct oid oid;
    reader->ops->end(&reader->hash, &oid);
    if (memcmp(reader->end, oid.id, oid.len) != 0 && memcmp(reader->end, none, oid.len) != 0)
        return fault_set(reader->fault, FAULT_PROTOCOL, "index: its hash does not match");
    return 0;
}

int index_read(const unsigned char *bytes, size_t size, const struct hash_ops *hash,
               int (*entry)(void *context, const struct index_entry *entry), void *context,
               struct index_extensions *extensions, struct fault *fault)
{
    struct index_reader reader = {
        .start = bytes, .at = bytes, .oid_len = hash->oid_len, .ops = hash, .fault = fault};
    if (size < HEADER + hash->oid_len || memcmp(bytes, "DIRC", 4) != 0)
        return malformed(&reader, "no index");
    reader.end = bytes + size - hash->oid_len;
    reader.version = bytes_get32(bytes + 4);
    uint32_t count = bytes_get32(bytes + 8);
    if (reader.version < 2 || reader.version > 4)
        return fault_set(fault, FAULT_PROTOCOL, "index: version %" PRIu32 ", 2 to 4 expected",
                         reader.version);
    hash->begin(&reader.hash);
    advance(&reader, HEADER);
    for (uint32_t i = 0; i < count; i++) {
        struct index_entry read;
        if (read_entry(&reader, &read) < 0 || entry(context, &read) != 0)
            return -1;
    }
    if (extensions)
        *extensions = (struct index_extensions){.trees_size = 0};
    return read_extensions(&reader, extensions) < 0 ? -1 : check_trailer(&reader);
}
