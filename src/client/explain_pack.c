/* SPDX-License-Identifier: MIT */
#include "client/explain_pack.h"

#include "client/explain_delta.h"
#include "client/explain_graph.h"
#include "client/pack_file.h"
#include "proto/bytes.h"
#include "proto/object.h"
#include "system/array.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum kind { COMMIT, TREE, BLOB, TAG, OFS_DELTA, REF_DELTA, KINDS };

struct kind_sum {
    uint32_t count;
    uint64_t packed, inflated; /* bytes */
};

struct pack {
    struct pack_file in;
    struct explained *file;
    struct fault *fault;
    struct kind_sum kinds[KINDS];
    struct explain_bar *bars; /* one for each entry, in their order */
    size_t bar_count, bar_room;
    uint32_t deepest;
};

static enum kind kind_of(enum object_type type)
{
    return type <= OBJECT_TAG         ? (enum kind)(type - OBJECT_COMMIT)
           : type == OBJECT_OFS_DELTA ? OFS_DELTA
                                      : REF_DELTA;
}

static const char *kind_name(enum kind kind)
{
    static const char *const names[] = {"commit", "tree", "blob", "tag", "ofs-delta", "ref-delta"};
    return names[kind];
}

/* "1 001 1010": the bits of a byte in groups that are WIDTHS wide. */
static const char *bits(unsigned char byte, const char *widths, char out[16])
{
    size_t used = 0;
    int bit = 7;
    for (const char *width = widths; *width; width++) {
        if (used > 0)
            out[used++] = ' ';
        for (int n = *width - '0'; n > 0; n--)
            out[used++] = byte >> bit-- & 1 ? '1' : '0';
    }
    out[used] = '\0';
    return out;
}

/* The bytes of an OFS_DELTA's distance, which begin at AT. */
static void tell_distance(struct explained *file, uint64_t at, const struct explain_entry *entry)
{
    char text[16];
    uint64_t distance = 0;
    for (bool first = true; at < entry->stream; at++, first = false) {
        uint64_t before = distance;
        unsigned char byte = file->bytes[at];
        distance = (first ? 0 : before + 1) << 7 | (byte & 0x7f);
        if (first)
            explain_row(file, at, 1, "%s   %" PRIu64, bits(byte, "17", text), distance);
        else
            explain_row(file, at, 1, "%s   ((%" PRIu64 " + 1) << 7) + %d = %" PRIu64,
                        bits(byte, "17", text), before, byte & 0x7f, distance);
    }
    explain_note(file, "the base is at byte %" PRIu64 " - %" PRIu64 " = %" PRIu64,
                 entry->head.offset, distance, entry->head.base_offset);
    explain_means(file, "pack", "ofs-delta");
}

static void tell_head(struct pack *pack, const struct explain_entry *entry)
{
    struct explained *file = pack->file;
    uint64_t at = entry->head.offset;
    const unsigned char *p = file->bytes + at;
    char text[16];
    explain_row(file, at, 1, "%s   %s, type %d (%s), size %d", bits(*p, "134", text),
                *p & 0x80 ? "a byte follows" : "no byte follows", *p >> 4 & 7,
                kind_name(kind_of(entry->head.type)), *p & 15);
    explain_means(file, "pack", "head");
    for (unsigned shift = 4; *p & 0x80; shift += 7) {
        p++, at++;
        explain_row(file, at, 1, "%s   + (%d << %u)", bits(*p, "17", text), *p & 0x7f, shift);
    }
    explain_note(file, "= %" PRIu64 " bytes, inflated", entry->head.size);
    at++;
    if (entry->head.type == OBJECT_REF_DELTA) {
        char hex[OID_HEX];
        explain_row(file, at, file->hash->oid_len, "the base is %s",
                    oid_hex(&entry->head.base, hex));
        explain_means(file, "pack", "ref-delta");
    }
    if (entry->head.type == OBJECT_OFS_DELTA)
        tell_distance(file, at, entry);
}

static int tell_delta(struct pack *pack, const struct explain_entry *entry)
{
    enum object_type type;
    unsigned char *base = NULL;
    uint64_t size = 0, offset;
    int rc = pack_file_base(&pack->in, entry, &offset);
    if (rc == 1)
        rc = pack_file_object(&pack->in, offset, &type, &base, &size);
    if (rc >= 0)
        rc = explain_delta(pack->file, entry->bytes, (size_t)entry->head.size, base, size);
    free(base);
    return rc;
}

/* Its kind's first entry in full, or the one that was asked for. */
static int tell_entry(struct pack *pack, uint32_t number, const struct explain_entry *entry)
{
    struct explained *file = pack->file;
    enum object_type type = entry->head.type;
    unsigned char *bytes = NULL;
    uint64_t size = 0;
    char a[32], b[32], hex[OID_HEX];
    struct oid oid;
    explain_heading(file, "Entry %" PRIu32 ": %s, bytes %s to %s", number, kind_name(kind_of(type)),
                    explain_number(entry->head.offset, a), explain_number(entry->end, b));
    tell_head(pack, entry);
    explain_row(file, entry->stream, (size_t)(entry->end - entry->stream),
                "zlib stream of %s bytes", explain_number(entry->end - entry->stream, a));
    explain_means(file, "pack", "stream");
    if (type > OBJECT_TAG && entry->bytes && tell_delta(pack, entry) < 0)
        return -1;
    int rc = pack_file_object(&pack->in, entry->head.offset, &type, &bytes, &size);
    if (rc < 0)
        return -1;
    if (rc == 0) {
        explain_note(
            file,
            "the object is not taken apart: it is too large, or no .idx says where its base is");
        return 0;
    }
    object_name(file->hash, type, bytes, (size_t)size, &oid);
    explain_note(file, "name: %s", oid_hex(&oid, hex));
    explain_note(file, "      = %s(\"%s %" PRIu64 "\\0\" and its bytes)", file->hash->name,
                 pack_type_name(type), size);
    explain_means(file, "object", "name");
    explain_object(file, type, bytes, (size_t)size);
    free(bytes);
    return 0;
}

static int by_offset(const void *key, const void *bar)
{
    uint64_t offset = *(const uint64_t *)key, other = ((const struct explain_bar *)bar)->offset;
    return (offset > other) - (offset < other);
}

/* Notes where ENTRY is, and how deep; 0 or -1. */
static int note_bar(struct pack *pack, const struct explain_entry *entry)
{
    struct explain_bar *bars =
        array_room(pack->bars, pack->bar_count, &pack->bar_room, sizeof *bars);
    uint64_t base;
    if (bars == NULL)
        return fault_set(pack->fault, FAULT_LIMIT, "no memory for %zu places", pack->bar_count + 1);
    pack->bars = bars;
    struct explain_bar bar = {kind_name(kind_of(entry->head.type)),
                              entry->head.offset,
                              entry->end,
                              entry->head.size,
                              0,
                              0};
    if (entry->head.type > OBJECT_TAG && pack_file_base(&pack->in, entry, &base)) {
        const struct explain_bar *found =
            bsearch(&base, bars, pack->bar_count, sizeof *bars, by_offset);
        bar.base = base;
        bar.depth = found ? found->depth + 1 : 1;
    }
    pack->deepest = bar.depth > pack->deepest ? bar.depth : pack->deepest;
    bars[pack->bar_count++] = bar;
    return 0;
}

static void folded(const struct explained *file, uint32_t *count)
{
    char text[32];
    if (*count > 0)
        explain_heading(file, "... %s %s like these", explain_number(*count, text),
                        *count == 1 ? "entry" : "entries");
    *count = 0;
}

static int tell_entries(struct pack *pack, uint32_t count, uint64_t *offset)
{
    uint32_t passed = 0;
    for (uint32_t n = 1; n <= count; n++) {
        struct explain_entry entry;
        if (explain_stopped(pack->file) < 0)
            return -1;
        if (pack_file_entry(&pack->in, *offset, &entry) < 0 || note_bar(pack, &entry) < 0) {
            free(entry.bytes);
            return fault_wrap(pack->fault, "entry %" PRIu32 " of %" PRIu32, n, count);
        }
        struct kind_sum *sum = &pack->kinds[kind_of(entry.head.type)];
        bool first = sum->count++ == 0;
        sum->packed += entry.end - *offset;
        sum->inflated += entry.head.size;
        *offset = entry.end;
        int rc = 0;
        if (first || pack->file->explain->all) {
            folded(pack->file, &passed);
            rc = tell_entry(pack, n, &entry);
        } else
            passed++;
        free(entry.bytes);
        if (rc < 0)
            return -1;
    }
    folded(pack->file, &passed);
    return 0;
}

static void tell_sums(const struct pack *pack)
{
    char a[32], b[32], c[32];
    explain_heading(pack->file, "What is in it");
    explain_line(pack->file, "%-12s %12s %16s %16s", "", "entries", "bytes of pack", "inflated");
    for (int kind = 0; kind < KINDS; kind++)
        if (pack->kinds[kind].count > 0)
            explain_line(pack->file, "%-12s %12s %16s %16s", kind_name((enum kind)kind),
                         explain_number(pack->kinds[kind].count, a),
                         explain_number(pack->kinds[kind].packed, b),
                         explain_number(pack->kinds[kind].inflated, c));
    explain_line(pack->file, "deltas on top of each other: at most %" PRIu32, pack->deepest);
    const struct explain *explain = pack->file->explain;
    if (explain->form->map)
        explain->form->map(explain->out, pack->bars, pack->bar_count, pack->file->size);
}

/* Of a pack that is small enough, also when all of it is inflated: which object leads to which. */
static int tell_graph(struct pack *pack)
{
    enum { PICTURE_MAX = 64 << 20 }; /* bytes of all objects */
    uint64_t sum = 0;
    struct explain_whole objects[EXPLAIN_NODES_MAX];
    size_t count = 0;
    int rc = pack->file->explain->form->graph && pack->bar_count <= EXPLAIN_NODES_MAX;
    for (size_t i = 0; rc == 1 && i < pack->bar_count; i++) {
        struct explain_whole *object = &objects[count];
        uint64_t size = 0;
        object->bytes = NULL;
        rc =
            pack_file_object(&pack->in, pack->bars[i].offset, &object->type, &object->bytes, &size);
        object->size = (size_t)size;
        count += rc == 1;
        sum += size;
        if (rc == 1 && sum > PICTURE_MAX)
            rc = 0;
    }
    if (rc == 1)
        explain_graph(pack->file, objects, count);
    while (count > 0)
        free(objects[--count].bytes);
    return rc < 0 ? -1 : 0;
}

static int tell_all(struct pack *pack, uint32_t count)
{
    struct explained *file = pack->file;
    uint64_t offset = PACK_HEADER, end = file->size - file->hash->oid_len;
    char hex[OID_HEX], text[32];
    union hash hash;
    explain_heading(file, "Header");
    explain_row(file, 0, 4, "\"PACK\"");
    explain_means(file, "pack", "signature");
    explain_row(file, 4, 4, "version %" PRIu32, bytes_get32(file->bytes + 4));
    explain_means(file, "pack", "version");
    explain_row(file, 8, 4, "%s entries", explain_number(count, text));
    explain_means(file, "pack", "count");
    explain_trailer_hint(file);
    if (tell_entries(pack, count, &offset) < 0)
        return -1;
    tell_sums(pack);
    if (tell_graph(pack) < 0)
        return -1;
    explain_heading(file, "Trailer");
    if (offset != end)
        return fault_set(pack->fault, FAULT_PROTOCOL,
                         "the last entry ends at byte %" PRIu64 ", the trailer begins at %" PRIu64,
                         offset, end);
    struct oid oid = oid_from(file->bytes + end, file->hash->oid_len);
    if (!file->trailer_fits) {
        file->hash->begin(&hash);
        file->hash->add(&hash, file->bytes, (size_t)end);
        file->hash->end(&hash, &oid);
    }
    explain_row(file, end, file->hash->oid_len, "%s of all before: %s", file->hash->name,
                oid_hex(&oid, hex));
    explain_means(file, "pack", "trailer");
    return file->trailer_fits ? 0
                              : fault_set(pack->fault, FAULT_PROTOCOL,
                                          "the trailer at byte %" PRIu64 " is another", end);
}

/* "1234" and "0x4d2" are offsets, all else is a name. */
static int tell_one(struct pack *pack, const char *object)
{
    struct explain_entry entry;
    struct oid oid;
    char *end;
    uint64_t offset = strtoull(object, &end, 0),
             limit = pack->file->size - pack->file->hash->oid_len;
    size_t length = strlen(object);
    if (length == 2 * pack->file->hash->oid_len) {
        if (oid_parse(object, length, &oid) < 0 || !pack_file_find(&pack->in, &oid, &offset))
            return fault_set(pack->fault, FAULT_USAGE, "%s: no object of this name%s", object,
                             pack->in.has_idx ? "" : ", and there is no .idx beside the pack");
    } else if (*end || offset < PACK_HEADER || offset >= limit)
        return fault_set(pack->fault, FAULT_USAGE,
                         "'%.100s': an offset from %d to below %" PRIu64
                         " is needed, or a whole object id",
                         object, PACK_HEADER, limit);
    /* A circle of names ends at what is too large, or in a fault of pack_file_object(). */
    bool more;
    do {
        if (pack_file_entry(&pack->in, offset, &entry) < 0)
            return -1;
        int rc = tell_entry(pack, 0, &entry);
        more = entry.head.type > OBJECT_TAG && entry.bytes;
        free(entry.bytes);
        if (rc < 0)
            return -1;
    } while (more && pack_file_base(&pack->in, &entry, &offset));
    return 0;
}

int explain_pack(struct explained *file)
{
    struct pack pack = {.file = file, .fault = file->explain->fault};
    struct reader in;
    uint32_t count;
    if (file->size < PACK_HEADER + file->hash->oid_len)
        return fault_set(pack.fault, FAULT_PROTOCOL, "%zu bytes are no pack", file->size);
    reader_memory(&in, file->bytes, file->size, "pack", pack.fault);
    if (pack_read_header(&in, &count) < 0)
        return -1;
    int rc = pack_file_open(&pack.in, file);
    if (rc == 0)
        rc =
            file->explain->object ? tell_one(&pack, file->explain->object) : tell_all(&pack, count);
    pack_file_close(&pack.in);
    free(pack.bars);
    return rc;
}
