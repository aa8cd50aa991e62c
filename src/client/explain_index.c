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
    uint64_t end; /* of the entries, in versions 2 and 3 */
};

static void tell_entry(struct explained *file, uint64_t at, const struct index_entry *entry)
{
    char hex[OID_HEX], shown[EXPLAIN_SHORT];
    uint64_t flags = at + INDEX_ID + entry->oid.len;
    explain_short(entry->path, entry->path_len, shown);
    explain_row(file, at, 8, "ctime %" PRIu32 ".%09" PRIu32, entry->ctime_s, entry->ctime_ns);
    explain_row(file, at + 8, 8, "mtime %" PRIu32 ".%09" PRIu32, entry->mtime_s, entry->mtime_ns);
    explain_row(file, at + 16, 8, "device %" PRIu32 ", inode %" PRIu32, entry->dev, entry->ino);
    explain_row(file, at + 24, 4, "mode %06" PRIo32, entry->mode);
    explain_row(file, at + 28, 8, "user %" PRIu32 ", group %" PRIu32, entry->uid, entry->gid);
    explain_row(file, at + 36, 4, "size %" PRIu32, entry->size);
    explain_row(file, at + INDEX_ID, entry->oid.len, "blob %s", oid_hex(&entry->oid, hex));
    explain_row(file, flags, 2, "flags: stage %d, a path of %d bytes",
                (entry->flags & INDEX_STAGES) >> 12, bytes_get16(file->bytes + flags) & 0xfff);
    if (entry->extended)
        explain_row(file, flags + 2, 2, "more flags");
    uint64_t path = flags + (entry->extended ? 4 : 2);
    uint64_t padded = (path + entry->path_len - at + 8) / 8 * 8;
    explain_row(file, path, (size_t)(padded - (path - at)), "%s, and %" PRIu64 " NUL", shown,
                at + padded - path - entry->path_len);
    explain_means(file, "index", "entry");
}

/* Of version 4, which has no place of its own for a whole path. */
static void tell_short(struct explained *file, const struct index_entry *entry)
{
    char shown[EXPLAIN_SHORT];
    explain_short(entry->path, entry->path_len, shown);
    explain_note(file, "of version 4: %s", shown);
}

static int take(void *context, const struct index_entry *entry)
{
    struct walk *walk = context;
    struct explained *file = walk->file;
    if (explain_stopped(file) < 0)
        return -1;
    if (walk->count++ < ENTRIES || file->explain->all) {
        explain_heading(file, "Entry %" PRIu32, walk->count);
        if (entry->raw)
            tell_entry(file, (uint64_t)(entry->raw - file->bytes), entry);
        else
            tell_short(file, entry);
    }
    return 0;
}

/* Where the entries end, which index_read() has found right. */
static uint64_t entries_end(const struct explained *file)
{
    enum { EXTENDED = 0x4000, FLAGS = 2 };
    bool version_4 = bytes_get32(file->bytes + 4) == 4;
    uint64_t at = HEAD, limit = file->size - file->hash->oid_len,
             before = INDEX_ID + file->hash->oid_len + FLAGS;
    for (uint32_t left = bytes_get32(file->bytes + 8); left > 0; left--) {
        uint64_t path = at + before;
        if (bytes_get16(file->bytes + path - FLAGS) & EXTENDED)
            path += FLAGS;
        /* How much of the path before is dropped: bytes with bit 7, and one without. */
        while (version_4 && path < limit && file->bytes[path++] & 0x80)
            continue;
        const unsigned char *nul = memchr(file->bytes + path, '\0', (size_t)(limit - path));
        if (nul == NULL)
            return limit;
        uint64_t end = (uint64_t)(nul - file->bytes);
        at = version_4 ? end + 1 : at + (end - at + 8) / 8 * 8;
    }
    return at;
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
    struct walk walk = {.file = file};
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
    tell_extensions(file, entries_end(file));
    explain_heading(file, "Trailer");
    uint64_t trailer = file->size - file->hash->oid_len;
    struct oid oid = oid_from(file->bytes + trailer, file->hash->oid_len);
    explain_row(file, trailer, file->hash->oid_len, "of all before: %s", oid_hex(&oid, hex));
    explain_means(file, "index", "trailer");
    return 0;
}
