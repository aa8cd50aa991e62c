/* SPDX-License-Identifier: MIT */
#include "client/explain_pack.h"
#include "proto/bytes.h"
#include "proto/object.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
    LINES = 10,      /* shown of an object, unless all is; */
    LINE_SHOWN = 200 /* bytes of each, also then: a chain of small deltas has gigabytes of them */
};

static void tell_tree(struct explained *file, const unsigned char *bytes, size_t size)
{
    struct tree_cursor tree;
    struct tree_entry entry;
    struct fault ignored = {.class = FAULT_NONE};
    unsigned told = 0, passed = 0;
    char hex[OID_HEX], name[OBJECT_NAME_MAX * 4];
    tree_open(&tree, bytes, size, file->hash->oid_len);
    for (const char *mode = (const char *)bytes; tree_next(&tree, &entry, &ignored) == 1;
         mode = (const char *)tree.at) {
        struct oid oid = oid_from(entry.id, file->hash->oid_len);
        if (told++ >= LINES && !file->explain->all) {
            passed++;
            continue;
        }
        bytes_caret(entry.name, entry.name_len, "", name, sizeof name);
        explain_note(file, "  %.*s %s NUL, and in %d bytes %s", (int)(entry.name - 1 - mode), mode,
                     name, oid.len, oid_hex(&oid, hex));
    }
    if (passed > 0)
        explain_note(file, "  ... %u entries like these", passed);
}

static void tell_text(struct explained *file, const unsigned char *bytes, size_t size)
{
    unsigned told = 0;
    char shown[LINE_SHOWN * 4 + 1];
    for (size_t at = 0; at < size;) {
        const unsigned char *newline = memchr(bytes + at, '\n', size - at);
        size_t length = newline ? (size_t)(newline - bytes) - at : size - at;
        if (told++ == LINES && !file->explain->all) {
            explain_note(file, "  ... %zu bytes more", size - at);
            return;
        }
        bytes_caret((const char *)bytes + at, length < LINE_SHOWN ? length : LINE_SHOWN, "\t",
                    shown, sizeof shown);
        if (length > LINE_SHOWN)
            explain_note(file, "  %s ... %zu bytes more in this line", shown, length - LINE_SHOWN);
        else
            explain_note(file, "  %s", shown);
        at += length + 1;
    }
}

void explain_object(struct explained *file, enum object_type type, const unsigned char *bytes,
                    size_t size)
{
    explain_note(file, "the %s is:", pack_type_name(type));
    if (type == OBJECT_TREE)
        tell_tree(file, bytes, size);
    else
        tell_text(file, bytes, size);
}
