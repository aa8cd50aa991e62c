/* SPDX-License-Identifier: MIT */
#include "client/explain_idx.h"

#include "objects/packidx.h"
#include "proto/bytes.h"

#include <inttypes.h>
#include <string.h>

enum { ROWS = 4, FAN_OUT = 256, HEAD = 8, WORD = 4 };

/* Rows of SIZE bytes each at OFFSET, of which the first are told by ROW. */
static void tell_rows(struct explained *file, uint64_t offset, size_t size, uint32_t count,
                      void (*row)(struct explained *file, uint64_t offset, size_t size,
                                  uint32_t number))
{
    char text[32];
    for (uint32_t n = 0; n < count; n++) {
        if (n == ROWS && !file->explain->all) {
            explain_note(file, "... %s like these", explain_number(count - n, text));
            return;
        }
        if (explain_stopped(file) < 0)
            return;
        row(file, offset + (uint64_t)n * size, size, n);
    }
}

static void fan_out_row(struct explained *file, uint64_t offset, size_t size, uint32_t number)
{
    explain_row(file, offset, size, "%" PRIu32 " names begin with 00 to %02" PRIx32,
                bytes_get32(file->bytes + offset), number);
}

static void name_row(struct explained *file, uint64_t offset, size_t size, uint32_t number)
{
    char hex[OID_HEX];
    struct oid oid = oid_from(file->bytes + offset, size);
    explain_row(file, offset, size, "%" PRIu32 ": %s", number, oid_hex(&oid, hex));
}

static void crc_row(struct explained *file, uint64_t offset, size_t size, uint32_t number)
{
    explain_row(file, offset, size, "of the entry of name %" PRIu32, number);
}

static void offset_row(struct explained *file, uint64_t offset, size_t size, uint32_t number)
{
    uint32_t value = bytes_get32(file->bytes + offset);
    if (value & 0x80000000U)
        explain_row(file, offset, size, "name %" PRIu32 ": large offset %" PRIu32, number,
                    value & 0x7fffffffU);
    else
        explain_row(file, offset, size, "name %" PRIu32 " is at byte %" PRIu32 " of the pack",
                    number, value);
}

static void large_row(struct explained *file, uint64_t offset, size_t size, uint32_t number)
{
    uint64_t value = (uint64_t)bytes_get32(file->bytes + offset) << 32 |
                     bytes_get32(file->bytes + offset + WORD);
    explain_row(file, offset, size, "large offset %" PRIu32 ": byte %" PRIu64, number, value);
}

/* Where the trailer says nothing, the size does: a name and 8 bytes for each entry, and no other
 * hash yields the same but with large offsets. */
static void guess_from_size(struct explained *file)
{
    const struct hash_ops *both[] = {file->explain->sha1, file->explain->sha256};
    uint64_t count = file->size < HEAD + FAN_OUT * WORD
                         ? 0
                         : bytes_get32(file->bytes + HEAD + (FAN_OUT - 1) * WORD);
    for (size_t i = 0; i < 2 && !file->trailer_fits; i++)
        if (file->size ==
            HEAD + FAN_OUT * WORD + count * (both[i]->oid_len + 2 * WORD) + 2 * both[i]->oid_len)
            file->hash = both[i];
}

int explain_idx(struct explained *file)
{
    guess_from_size(file);
    struct packidx idx;
    size_t oid_len = file->hash->oid_len;
    char hex[OID_HEX];
    if (packidx_open(&idx, file->bytes, file->size, oid_len, UINT64_MAX, NULL,
                     file->explain->fault) < 0)
        return -1;
    uint64_t names = HEAD + FAN_OUT * WORD, crcs = names + (uint64_t)idx.count * oid_len,
             offsets = crcs + (uint64_t)idx.count * WORD,
             large = offsets + (uint64_t)idx.count * WORD, trailer = file->size - 2 * oid_len;
    explain_heading(file, "Header");
    explain_row(file, 0, WORD, "\"\\377tOc\"");
    explain_means(file, "idx", "signature");
    explain_row(file, WORD, WORD, "version %" PRIu32, bytes_get32(file->bytes + WORD));
    explain_means(file, "idx", "version");
    explain_trailer_hint(file);
    explain_heading(file, "Fan-out table");
    explain_means(file, "idx", "fan-out");
    tell_rows(file, HEAD, WORD, FAN_OUT - 1, fan_out_row);
    explain_row(file, names - WORD, WORD, "%" PRIu32 " names in all", idx.count);
    explain_heading(file, "Names");
    explain_means(file, "idx", "names");
    tell_rows(file, names, oid_len, idx.count, name_row);
    explain_heading(file, "CRC-32");
    explain_means(file, "idx", "crc");
    tell_rows(file, crcs, WORD, idx.count, crc_row);
    explain_heading(file, "Offsets");
    explain_means(file, "idx", "offsets");
    tell_rows(file, offsets, WORD, idx.count, offset_row);
    if (trailer > large) {
        explain_heading(file, "Large offsets");
        explain_means(file, "idx", "large offsets");
        tell_rows(file, large, 2 * WORD, (uint32_t)((trailer - large) / (2 * WORD)), large_row);
    }
    explain_heading(file, "Trailer");
    struct oid pack = oid_from(file->bytes + trailer, oid_len);
    explain_row(file, trailer, oid_len, "of the pack: %s", oid_hex(&pack, hex));
    struct oid own = oid_from(file->bytes + trailer + oid_len, oid_len);
    explain_row(file, trailer + oid_len, oid_len, "of all before: %s", oid_hex(&own, hex));
    explain_means(file, "idx", "trailer");
    return explain_stopped(file);
}

/* A line of packed-refs at AT, of LENGTH bytes: whether it is one. */
static bool tell_line(struct explained *file, size_t at, size_t length)
{
    const char *line = (const char *)file->bytes + at;
    size_t digits = 2 * file->hash->oid_len;
    struct oid oid;
    char shown[EXPLAIN_SHORT];
    explain_row(file, at, length + 1, "%s", explain_short(line, length, shown));
    if (*line == '#')
        explain_means(file, "refs", "header");
    else if (*line == '^' && length == digits + 1)
        explain_means(file, "refs", "peeled");
    else if (length > digits + 1 && line[digits] == ' ' && oid_parse(line, digits, &oid) == 0)
        explain_means(file, "refs", "reference");
    else
        return false;
    return true;
}

int explain_packed_refs(struct explained *file)
{
    enum { LINES = 12 };
    uint32_t told = 0, passed = 0;
    explain_heading(file, "References");
    for (size_t at = 0; at < file->size;) {
        if (explain_stopped(file) < 0)
            return -1;
        const unsigned char *newline = memchr(file->bytes + at, '\n', file->size - at);
        if (newline == NULL || newline == file->bytes + at)
            return fault_set(file->explain->fault, FAULT_PROTOCOL,
                             "the line at byte %zu is cut or empty", at);
        size_t length = (size_t)(newline - file->bytes) - at;
        if (told < LINES || file->explain->all) {
            told++;
            if (!tell_line(file, at, length))
                return fault_set(file->explain->fault, FAULT_PROTOCOL,
                                 "the line at byte %zu is no reference", at);
        } else
            passed++;
        at += length + 1;
    }
    if (passed > 0)
        explain_note(file, "... %" PRIu32 " lines like these", passed);
    return 0;
}
