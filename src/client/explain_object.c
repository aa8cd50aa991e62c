/* SPDX-License-Identifier: MIT */
#include "client/explain_pack.h"
#include "proto/bytes.h"
#include "proto/object.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { LINES = 10, LINE_SHOWN = 200 }; /* shown of an object, unless all is; bytes of a line */

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

/* LINE in full, which may be longer than what explain_note() takes. */
static void tell_whole(const struct explained *file, const unsigned char *line, size_t length)
{
    enum { INDENT = 2, CARET_MAX = 4 };
    char *text = length < SIZE_MAX / 8 ? malloc(INDENT + length * CARET_MAX + 1) : NULL;
    if (text == NULL) {
        explain_note(file, "  no memory to show %zu bytes", length);
        return;
    }
    memcpy(text, "  ", INDENT);
    bytes_caret((const char *)line, length, "\t", text + INDENT, length * CARET_MAX + 1);
    file->explain->form->note(file->explain->out, text);
    free(text);
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
        if (length <= LINE_SHOWN || file->explain->all)
            tell_whole(file, bytes + at, length);
        else {
            bytes_caret((const char *)bytes + at, LINE_SHOWN, "\t", shown, sizeof shown);
            explain_note(file, "  %s ... %zu bytes more in this line", shown, length - LINE_SHOWN);
        }
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
