/* SPDX-License-Identifier: MIT */
/* Commits, trees and tags (gitformat-pack is silent on them; git's user manual, "Object storage").
 *
 *   commit:  "tree " hex LF *( "parent " hex LF ) "author " ... LF "committer " ... LF ...
 *   tag:     "object " hex LF "type " name LF "tag " name LF [ "tagger " ... LF ] ...
 *   tree:    *( mode SP name NUL id )          mode in octal, id in 20 or 32 bytes
 *
 * Format notes
 * - History is not judged by style: zero-padded modes, 100664, a tag without tagger are in real
 *   repositories. What counts is that git can parse it: for that a commit must go on behind its
 *   links, a tag must have its "tag" line, and a name in a tree must not be empty.
 * - A submodule's commit (mode 160000) is not in this repository: it is no link. git takes all that
 *   is neither file, symlink nor directory for one (P7: modes 0, 10644, 140000, 170000).
 */
#include "object.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { START, PARENTS, DONE };

int object_name(const struct hash_ops *hash, enum object_type type, const void *bytes, size_t size,
                struct oid *out)
{
    union hash state;
    char head[32];
    int length = snprintf(head, sizeof head, "%s %zu", pack_type_name(type), size);
    hash->begin(&state);
    hash->add(&state, head, (size_t)length + 1);
    hash->add(&state, bytes, size);
    return hash->end(&state, out);
}

void object_links_open(struct object_links *links, enum object_type type, const void *bytes,
                       size_t size, size_t oid_len)
{
    *links = (struct object_links){bytes, bytes,   (const unsigned char *)bytes + size,
                                   type,  oid_len, START};
}

/* line = KEY SP hex LF: 1 and the id, 0 when the line begins with another key, -1. */
static int read_id_line(struct object_links *links, const char *key, struct object_link *out,
                        struct fault *fault)
{
    size_t length = strlen(key), hex = 2 * links->oid_len;
    size_t left = (size_t)(links->end - links->at);
    struct oid oid;
    if (left < length || memcmp(links->at, key, length) != 0)
        return 0;
    if (left < length + hex + 1 || links->at[length + hex] != '\n' ||
        oid_parse((const char *)links->at + length, hex, &oid) < 0)
        return fault_set(fault, FAULT_PROTOCOL, "byte %zu: \"%s\" without an object id",
                         (size_t)(links->at - links->start), key);
    memcpy(out->parsed, oid.id, links->oid_len);
    out->id = out->parsed;
    links->at += length + hex + 1;
    return 1;
}

static int next_commit_link(struct object_links *links, struct object_link *out,
                            struct fault *fault)
{
    int rc = read_id_line(links, links->stage == START ? "tree " : "parent ", out, fault);
    if (rc == 0 && links->stage == START)
        return fault_set(fault, FAULT_PROTOCOL, "does not begin with \"tree \"");
    if (rc == 1 && links->at == links->end)
        return fault_set(fault, FAULT_PROTOCOL, "ends at byte %zu, where its author is due",
                         (size_t)(links->at - links->start));
    out->type = links->stage == START ? OBJECT_TREE : OBJECT_COMMIT;
    links->stage = rc == 1 ? PARENTS : DONE;
    return rc;
}

/* line = KEY SP value LF: the value and its size, or NULL; links->at is behind the line then. */
static const char *read_line(struct object_links *links, const char *key, size_t *size)
{
    size_t length = strlen(key), left = (size_t)(links->end - links->at);
    const unsigned char *at = links->at, *line_end = memchr(at, '\n', left);
    if (line_end == NULL || (size_t)(line_end - at) < length || memcmp(at, key, length) != 0)
        return NULL;
    *size = (size_t)(line_end - at) - length;
    links->at = line_end + 1;
    return (const char *)at + length;
}

/* type-line = "type " ( "commit" / "tree" / "blob" / "tag" ) LF */
static enum object_type read_type_line(struct object_links *links)
{
    static const enum object_type types[] = {OBJECT_COMMIT, OBJECT_TREE, OBJECT_BLOB, OBJECT_TAG};
    size_t size;
    const char *said = read_line(links, "type ", &size);
    for (size_t i = 0; said && i < sizeof types / sizeof *types; i++) {
        const char *name = pack_type_name(types[i]);
        if (size == strlen(name) && memcmp(said, name, size) == 0)
            return types[i];
    }
    return OBJECT_NONE;
}

static int next_tag_link(struct object_links *links, struct object_link *out, struct fault *fault)
{
    int rc = read_id_line(links, "object ", out, fault);
    if (rc == 0)
        return fault_set(fault, FAULT_PROTOCOL, "does not begin with \"object \"");
    if (rc < 0)
        return -1;
    size_t size, at = (size_t)(links->at - links->start);
    out->type = read_type_line(links);
    if (out->type == OBJECT_NONE)
        return fault_set(fault, FAULT_PROTOCOL, "byte %zu: \"type\" and what it points to expected",
                         at);
    at = (size_t)(links->at - links->start);
    if (read_line(links, "tag ", &size) == NULL)
        return fault_set(fault, FAULT_PROTOCOL, "byte %zu: \"tag\" and a name expected", at);
    links->stage = DONE;
    return 1;
}

/* mode = 1*7( octal digit ) SP */
static int read_mode(struct tree_cursor *tree, struct tree_entry *out, struct fault *fault)
{
    const unsigned char *at = tree->at;
    uint32_t mode = 0;
    for (; at < tree->end && *at >= '0' && *at <= '7' && mode <= 07777777; at++)
        mode = mode << 3 | (uint32_t)(*at - '0');
    if (at == tree->at || at == tree->end || *at != ' ')
        return fault_set(fault, FAULT_PROTOCOL, "byte %zu: an octal mode and a space expected",
                         (size_t)(at - tree->start));
    out->mode = mode;
    tree->at = at + 1;
    return 0;
}

/* entry = mode name NUL id */
static int read_entry(struct tree_cursor *tree, struct tree_entry *out, struct fault *fault)
{
    if (tree->at == tree->end)
        return 0;
    if (read_mode(tree, out, fault) < 0)
        return -1;
    const unsigned char *nul = memchr(tree->at, '\0', (size_t)(tree->end - tree->at));
    if (nul == NULL || (size_t)(tree->end - nul - 1) < tree->oid_len)
        return fault_set(fault, FAULT_PROTOCOL, "byte %zu: the entry is cut",
                         (size_t)(tree->at - tree->start));
    if (nul == tree->at)
        return fault_set(fault, FAULT_PROTOCOL, "byte %zu: an empty name",
                         (size_t)(tree->at - tree->start));
    out->name = (const char *)tree->at;
    out->name_len = (size_t)(nul - tree->at);
    out->id = nul + 1;
    out->again = false;
    tree->at = out->id + tree->oid_len;
    return 1;
}

static int next_tree_link(struct object_links *links, struct object_link *out, struct fault *fault)
{
    struct tree_cursor tree = {
        .start = links->start, .at = links->at, .end = links->end, .oid_len = links->oid_len};
    struct tree_entry entry;
    int rc;
    out->type = OBJECT_NONE;
    while (out->type == OBJECT_NONE && (rc = read_entry(&tree, &entry, fault)) == 1)
        switch (entry.mode & 0170000) {
        case MODE_TREE:
            out->type = OBJECT_TREE;
            break;
        case MODE_SYMLINK:
        case 0100000:
            out->type = OBJECT_BLOB;
            break;
        }
    links->at = tree.at;
    out->id = entry.id;
    return rc;
}

int object_links_next(struct object_links *links, struct object_link *out, struct fault *fault)
{
    if (links->stage == DONE)
        return 0;
    switch (links->type) {
    case OBJECT_COMMIT:
        return next_commit_link(links, out, fault);
    case OBJECT_TREE:
        return next_tree_link(links, out, fault);
    case OBJECT_TAG:
        return next_tag_link(links, out, fault);
    default:
        return 0;
    }
}

void tree_open(struct tree_cursor *tree, const void *bytes, size_t size, size_t oid_len)
{
    *tree = (struct tree_cursor){.start = bytes,
                                 .at = bytes,
                                 .end = (const unsigned char *)bytes + size,
                                 .oid_len = oid_len};
}

/* In a sorted tree every name that can come again is a beginning of the last one: all that has to
 * be remembered of them is their lengths. */
static void note_name(struct tree_cursor *tree, struct tree_entry *entry)
{
    size_t same = 0, length = entry->name_len;
    while (same < tree->last_len && same < length && tree->last[same] == entry->name[same])
        same++;
    for (size_t n = same + 1; n <= tree->last_len; n++)
        tree->seen[n / 32] &= ~(UINT32_C(1) << n % 32);
    if (length > OBJECT_NAME_MAX)
        length = same;
    else if (tree->seen[length / 32] >> length % 32 & 1)
        entry->again = true;
    else
        tree->seen[length / 32] |= UINT32_C(1) << length % 32;
    tree->last = entry->name;
    tree->last_len = length;
}

int tree_next(struct tree_cursor *tree, struct tree_entry *out, struct fault *fault)
{
    int rc = read_entry(tree, out, fault);
    if (rc == 1)
        note_name(tree, out);
    return rc;
}

uint32_t object_mode(uint32_t mode)
{
    if (mode > 0177777)
        return 0;
    switch (mode & 0170000) {
    case MODE_TREE:
    case MODE_SYMLINK:
    case MODE_GITLINK:
        return mode & 0170000;
    case 0100000:
        return mode & 0100 ? MODE_EXECUTABLE : MODE_FILE;
    default:
        return 0;
    }
}
