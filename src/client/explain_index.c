/* SPDX-License-Identifier: MIT */
#include "client/explain_idx.h"
#include "proto/bytes.h"
#include "worktree/index.h"

#include <inttypes.h>
#include <string.h>

enum { ENTRIES = 2, HEAD = 12 };

/* Where index_read() is. */
struct walk {
    struct explained *file;
    uint32_t count;
    uint64_t at; /* of the next entry, or of what stands behind the last */
};

/* The parts of the entry that begins at AT, which index_read() has found right. */
struct parts {
    uint64_t flags, more, path, text, end; /* offsets; text: of a path that is whole, or its rest */
};

static struct parts find_parts(const struct explained *file, uint64_t at)
{
    enum { EXTENDED = 0x4000, FLAGS = 2 };
    bool version_4 = bytes_get32(file->bytes + 4) == 4;
    struct parts parts = {.flags = at + INDEX_ID + file->hash->oid_len};
    parts.more = parts.flags + FLAGS;
    parts.path = parts.more + (bytes_get16(file->bytes + parts.flags) & EXTENDED ? FLAGS : 0);
    parts.text = parts.path;
    while (version_4 && file->bytes[parts.text++] & 0x80)
        continue;
    uint64_t nul = parts.text;
    while (file->bytes[nul] != '\0')
        nul++;
    parts.end = version_4 ? nul + 1 : at + (nul - at + 8) / 8 * 8;
    return parts;
}

static void tell_path(struct explained *file, const struct parts *parts,
                      const struct index_entry *entry)
{
    char shown[EXPLAIN_SHORT], added[EXPLAIN_QUOTED];
    size_t length = (size_t)(parts->end - parts->text);
    explain_short(entry->path, entry->path_len, shown);
    if (parts->text == parts->path) {
        explain_row(file, parts->path, length, "%s, and %zu NUL", shown, length - entry->path_len);
        return;
    }
    explain_row(file, parts->path, (size_t)(parts->text - parts->path),
                "of the path before, its end goes; the first %zu bytes stay",
                entry->path_len - (length - 1));
    explain_row(file, parts->text, length, "%s and NUL: %s",
                explain_quoted(file->bytes + parts->text, length - 1, added), shown);
    explain_means(file, "index", "path");
}

static void tell_entry(struct explained *file, uint64_t at, const struct parts *parts,
                       const struct index_entry *entry)
{
    char hex[OID_HEX];
    explain_row(file, at, 8, "ctime %" PRIu32 ".%09" PRIu32, entry->ctime_s, entry->ctime_ns);
    explain_row(file, at + 8, 8, "mtime %" PRIu32 ".%09" PRIu32, entry->mtime_s, entry->mtime_ns);
    explain_row(file, at + 16, 8, "device %" PRIu32 ", inode %" PRIu32, entry->dev, entry->ino);
    explain_row(file, at + 24, 4, "mode %06" PRIo32, entry->mode);
    explain_row(file, at + 28, 8, "user %" PRIu32 ", group %" PRIu32, entry->uid, entry->gid);
    explain_row(file, at + 36, 4, "size %" PRIu32, entry->size);
    explain_row(file, at + INDEX_ID, entry->oid.len, "blob %s", oid_hex(&entry->oid, hex));
    explain_row(file, parts->flags, 2, "flags: stage %d, a path of %d bytes",
                (entry->flags & INDEX_STAGES) >> 12,
                bytes_get16(file->bytes + parts->flags) & 0xfff);
    if (parts->path > parts->more)
        explain_row(file, parts->more, 2, "more flags");
    tell_path(file, parts, entry);
    explain_means(file, "index", "entry");
}

static int take(void *context, const struct index_entry *entry)
{
    struct walk *walk = context;
    struct explained *file = walk->file;
    struct parts parts = find_parts(file, walk->at);
    if (explain_stopped(file) < 0)
        return -1;
    if (walk->count++ < ENTRIES || file->explain->all) {
        explain_heading(file, "Entry %" PRIu32, walk->count);
        tell_entry(file, walk->at, &parts, entry);
    }
    walk->at = parts.end;
    return 0;
}

/* signature, 4 letters | size, 4 bytes | so many bytes; up to the trailer */
static void tell_extensions(struct explained *file, uint64_t at)
{
    uint64_t end = file->size - file->hash->oid_len;
    char text[EXPLAIN_QUOTED];
    while (at < end && end - at >= 8) {
        const char *name = (const char *)file->bytes + at;
        const struct explain_word *word = explain_word_find("extension", name, 4);
        uint64_t size = bytes_get32(file->bytes + at + 4);
        if (size > end - at - 8)
            return;
        explain_heading(file, "Extension %s", explain_quoted(file->bytes + at, 4, text));
        explain_row(file, at, 4, "signature %s", text);
        explain_means(file, "index", "extension");
        if (word)
            explain_word(file, word);
        else
            explain_note(file, "one that is not known here, and not needed");
        explain_row(file, at + 4, 4, "%" PRIu64 " bytes", size);
        if (size > 0)
            explain_row(file, at + 8, (size_t)size, "its bytes");
        at += 8 + size;
    }
}

int explain_index(struct explained *file)
{
    struct walk walk = {.file = file, .at = HEAD};
    char hex[OID_HEX], text[32];
    if (file->size < HEAD + file->hash->oid_len)
        return fault_set(file->explain->fault, FAULT_PROTOCOL, "%zu bytes are no index",
                         file->size);
    explain_heading(file, "Header");
    explain_row(file, 0, 4, "\"DIRC\"");
    explain_means(file, "index", "signature");
    explain_row(file, 4, 4, "version %" PRIu32, bytes_get32(file->bytes + 4));
    explain_means(file, "index", "version");
    explain_row(file, 8, 4, "%s entries", explain_number(bytes_get32(file->bytes + 8), text));
    explain_means(file, "index", "count");
    explain_trailer_hint(file);
    if (index_read(file->bytes, file->size, file->hash, take, &walk, NULL, file->explain->fault) <
        0)
        return -1;
    if (walk.count > ENTRIES && !file->explain->all)
        explain_heading(file, "... %s entries like these",
                        explain_number(walk.count - ENTRIES, text));
    tell_extensions(file, walk.at);
    explain_heading(file, "Trailer");
    uint64_t trailer = file->size - file->hash->oid_len;
    struct oid oid = oid_from(file->bytes + trailer, file->hash->oid_len);
    explain_row(file, trailer, file->hash->oid_len, "of all before: %s", oid_hex(&oid, hex));
    explain_means(file, "index", "trailer");
    return 0;
}
