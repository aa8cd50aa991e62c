/* SPDX-License-Identifier: MIT */
#include "client/explain_idx.h"
#include "client/explain_pack.h"
#include "client/explain_talk.h"
#include "objects/loose.h"
#include "proto/bundle.h"
#include "proto/bytes.h"
#include "proto/inflate.h"
#include "proto/object.h"
#include "system/file_map.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    LOOSE_MAX = 64 << 20,
    HEAD_MAX = 32
}; /* bytes of a loose object, and of what stands before it */

/* Whose hash the last bytes of FILE are of all before is whose names are in it. Where neither is,
 * the one stays that was guessed. */
static void find_trailer(struct explained *file)
{
    const struct hash_ops *both[] = {file->explain->sha1, file->explain->sha256};
    for (size_t i = 0; i < 2 && !file->trailer_fits; i++) {
        union hash hash;
        struct oid oid;
        size_t length = both[i]->oid_len;
        if (file->size < length)
            continue;
        both[i]->begin(&hash);
        both[i]->add(&hash, file->bytes, file->size - length);
        both[i]->end(&hash, &oid);
        file->trailer_fits = memcmp(oid.id, file->bytes + file->size - length, length) == 0;
        if (file->trailer_fits)
            file->hash = both[i];
    }
}

static bool begins(const struct explained *file, const char *with)
{
    size_t length = strlen(with);
    return file->size >= length && memcmp(file->bytes, with, length) == 0;
}

/* RFC 1950, section 2.2: method 8, a window of at most 32 KB, and a multiple of 31. */
static bool is_zlib(const struct explained *file)
{
    const unsigned char *p = file->bytes;
    return file->size > 2 && (p[0] & 0x8f) == 0x08 && (p[0] << 8 | p[1]) % 31 == 0;
}

static int tell_loose(struct explained *file, const unsigned char *bytes, size_t head, size_t size,
                      enum object_type type)
{
    struct explained inner = *file;
    union hash hash;
    struct oid oid;
    char text[EXPLAIN_QUOTED], hex[OID_HEX];
    explain_heading(file, "Loose object");
    explain_row(file, 0, file->size, "zlib stream of %zu bytes, which inflates to:", file->size);
    inner.bytes = bytes;
    explain_row(&inner, 0, head, "%s", explain_quoted(bytes, head, text));
    explain_means(&inner, "loose", "head");
    explain_row(&inner, head, size - head, "%zu bytes", size - head);
    file->hash->begin(&hash);
    file->hash->add(&hash, bytes, size);
    file->hash->end(&hash, &oid);
    explain_note(file, "name: %s", oid_hex(&oid, hex));
    explain_means(file, "object", "name");
    explain_object(file, type, bytes + head, size - head);
    return 0;
}

/* Packed references and loose objects have no trailer: the digits of the first name say whose it
 * is, or those of the file's. */
static const struct hash_ops *name_hash(const struct explained *file, const char *text, size_t size)
{
    size_t digits = 0;
    while (digits < size && bytes_hex(text[digits]) >= 0)
        digits++;
    return digits == 2 * OID_SHA256 || digits == 2 * OID_SHA256 - 2 ? file->explain->sha256
                                                                    : file->explain->sha1;
}

/* Of a file whose trailer may be broken: "pack-" and the digits of a name are what git calls packs,
 * and their indexes. */
static const struct hash_ops *guess_hash(const struct explained *file)
{
    static const char pack[] = "pack-";
    const char *slash = strrchr(file->path, '/'), *name = slash ? slash + 1 : file->path;
    if (strncmp(name, pack, strlen(pack)) != 0)
        return file->explain->sha1;
    return name_hash(file, name + strlen(pack), strlen(name) - strlen(pack));
}

static int explain_loose(struct explained *file)
{
    struct fault *fault = file->explain->fault, ignored = {.class = FAULT_NONE};
    char text[HEAD_MAX];
    unsigned char *room = malloc(INFLATE_ROOM), *bytes = NULL;
    struct inflate *inflate = room ? inflate_open(room, INFLATE_ROOM, fault) : NULL;
    struct reader in;
    enum object_type type;
    uint64_t said = 0;
    size_t got = 0, head = 0;
    int rc = -1;
    const char *slash = strrchr(file->path, '/'), *name = slash ? slash + 1 : file->path;
    file->hash = name_hash(file, name, strlen(name));
    if (inflate) {
        /* A short one ends before the head is full: that is no fault here. */
        reader_memory(&in, file->bytes, file->size, "loose object", &ignored);
        inflate_begin(inflate, &in, LOOSE_MAX);
        inflate_read(inflate, (unsigned char *)text, sizeof text, &got);
        head = loose_parse_head(text, got, &type, &said);
    }
    if (inflate == NULL)
        fault_set(fault, FAULT_LIMIT, "no memory to inflate");
    else if (head == 0)
        fault_set(fault, FAULT_PROTOCOL, "a zlib stream, but of no object");
    else if (said > LOOSE_MAX - HEAD_MAX)
        fault_set(fault, FAULT_LIMIT, "an object of %llu bytes; at most %d are taken apart",
                  (unsigned long long)said, LOOSE_MAX - HEAD_MAX);
    else if ((bytes = malloc(head + (size_t)said + INFLATE_SLACK)) == NULL)
        fault_set(fault, FAULT_LIMIT, "no memory for %zu bytes", head + (size_t)said);
    else {
        reader_memory(&in, file->bytes, file->size, "loose object", fault);
        rc = inflate_whole(inflate, &in, bytes, head + said);
        if (rc == 0)
            rc = reader_end(&in);
        if (rc == 0)
            rc = tell_loose(file, bytes, head, head + (size_t)said, type);
    }
    free(bytes);
    free(room);
    return rc;
}

/* "4958073a... SP refs/": packed-refs may have no header. A reflog has a second name there. */
static bool is_reference(const struct explained *file)
{
    static const char behind[] = " refs/";
    struct oid oid;
    const char *text = (const char *)file->bytes;
    for (size_t digits = 2 * OID_SHA1; digits <= 2 * OID_SHA256;
         digits += 2 * (OID_SHA256 - OID_SHA1))
        if (file->size > digits + strlen(behind) &&
            memcmp(text + digits, behind, strlen(behind)) == 0 &&
            oid_parse(text, digits, &oid) == 0)
            return true;
    return false;
}

static int explain_refs(struct explained *file)
{
    const unsigned char *text = file->bytes, *end = text + file->size;
    while (text && text < end && *text == '#') {
        text = memchr(text, '\n', (size_t)(end - text));
        text = text ? text + 1 : NULL;
    }
    if (text)
        file->hash = name_hash(file, (const char *)text, (size_t)(end - text));
    return explain_packed_refs(file);
}

/* What LINE of a bundle's header is; NULL: nothing that may stand there. */
static const char *bundle_word(const struct explained *file, const char *line, size_t length)
{
    static const char *const words[] = {"capability", "prerequisite", "reference"};
    struct bundle_line parsed;
    if (line == (const char *)file->bytes)
        return "signature";
    if (bundle_parse_line(line, length, bundle_version(file->bytes), file->hash->oid_len, &parsed) <
        0)
        return NULL;
    return words[parsed.kind];
}

/* signature LF *( "@" capability LF ) *( "-" oid SP comment LF ) *( oid SP name LF ) LF pack */
static int explain_bundle(struct explained *file)
{
    static const char sha256[] = "@object-format=sha256";
    size_t at = 0;
    char shown[EXPLAIN_SHORT];
    explain_heading(file, "Bundle header");
    for (;;) {
        const char *line = (const char *)file->bytes + at,
                   *newline = memchr(line, '\n', file->size - at), *word;
        if (newline == NULL)
            return fault_set(file->explain->fault, FAULT_PROTOCOL, "the line at byte %zu is cut",
                             at);
        size_t length = (size_t)(newline - line);
        if (length > 0 && (word = bundle_word(file, line, length)) == NULL)
            return fault_set(file->explain->fault, FAULT_PROTOCOL,
                             "the line at byte %zu is no capability, prerequisite or reference",
                             at);
        explain_row(file, at, length + 1, "%s",
                    length > 0 ? explain_short(line, length, shown)
                               : "an empty line; behind it is the pack");
        at += length + 1;
        if (length == 0)
            break;
        if (length == strlen(sha256) && memcmp(line, sha256, length) == 0)
            file->hash = file->explain->sha256;
        explain_means(file, "bundle", word);
    }
    struct explained pack = *file;
    pack.bytes += at;
    pack.size -= at;
    find_trailer(&pack);
    explain_note(file, "offsets from here on are of the pack");
    return explain_pack(&pack);
}

static const struct file_form {
    const char *first; /* the first bytes; NULL: RULE says */
    bool (*rule)(const struct explained *file);
    const char *what;
    int (*explain)(struct explained *file);
    bool has_trailer;
} forms[] = {
    {"PACK", NULL, "a pack", explain_pack, true},
    {"\377tOc", NULL, "the index of a pack", explain_idx, true},
    {"DIRC", NULL, "the index of a working tree", explain_index, true},
    {"# v2 git bundle\n", NULL, "a bundle", explain_bundle, false},
    {"# v3 git bundle\n", NULL, "a bundle", explain_bundle, false},
    {"# pack-refs", NULL, "packed references", explain_refs, false},
    {"C: ", NULL, "a conversation", explain_talk, false},
    {"C ", NULL, "a conversation", explain_talk, false},
    {"== ", NULL, "a conversation", explain_talk, false},
    {NULL, is_reference, "packed references", explain_refs, false},
    {NULL, is_zlib, "a loose object", explain_loose, false},
};

int explain_bytes(const struct explain *explain, const char *path, const unsigned char *bytes,
                  size_t size)
{
    struct explained file = {
        .explain = explain, .path = path, .bytes = bytes, .size = size, .hash = explain->sha1};
    char text[32], title[1024];
    const struct file_form *form = forms, *end = forms + sizeof forms / sizeof *forms;
    while (form < end && !(form->first ? begins(&file, form->first) : form->rule(&file)))
        form++;
    if (form == end)
        return fault_set(explain->fault, FAULT_PROTOCOL,
                         "'%s' is no pack, .idx, index, packed-refs, loose object, bundle or trace",
                         path);
    if (explain->object && form->explain != explain_pack)
        return fault_set(explain->fault, FAULT_USAGE,
                         "only of a pack a part can be asked for, '%s' is %s", path, form->what);
    snprintf(title, sizeof title, "%s: %s, %s bytes", path, form->what, explain_number(size, text));
    explain->form->begin_file(explain->out, title);
    if (form->has_trailer) {
        file.hash = guess_hash(&file);
        find_trailer(&file);
    }
    int rc = form->explain(&file);
    explain->form->end_file(explain->out);
    return rc < 0 ? fault_wrap(explain->fault, "%s", path) : 0;
}

int explain_file(const struct explain *explain, const char *path)
{
    struct file_map map = {NULL, 0};
    int rc = file_map_open(&map, AT_FDCWD, path, SIZE_MAX, explain->fault);
    if (rc == 0)
        return fault_set(explain->fault, FAULT_LOCAL, "there is no file '%s'", path);
    if (rc == 1)
        rc = explain_bytes(explain, path, map.bytes, map.size);
    file_map_close(&map);
    return rc;
}
