/* SPDX-License-Identifier: MIT */
/* Objects: the links of the input as a commit, a tree and a tag, its entries as a tree that is
 * checked out, and the input as a name. */
#include "proto/object.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void links(enum object_type type, const uint8_t *bytes, size_t size, size_t oid_len)
{
    struct fault fault = {.class = FAULT_NONE};
    struct object_links walk;
    struct object_link link;
    unsigned char copy[OID_MAX];
    size_t count = 0;
    object_links_open(&walk, type, bytes, size, oid_len);
    while (object_links_next(&walk, &link, &fault) == 1) {
        memcpy(copy, link.id, oid_len);
        if (++count > size || link.type < OBJECT_COMMIT || link.type > OBJECT_TAG)
            abort();
    }
}

static void tree(const uint8_t *bytes, size_t size, size_t oid_len)
{
    struct fault fault = {.class = FAULT_NONE};
    struct tree_cursor cursor;
    struct tree_entry entry, previous;
    const struct tree_entry *before = NULL;
    tree_open(&cursor, bytes, size, oid_len);
    while (tree_next(&cursor, &entry, &fault) == 1 &&
           tree_entry_check(before, &entry, oid_len, &fault) == 0) {
        if (memchr(entry.name, '/', entry.name_len) || strcmp(entry.name, "..") == 0 ||
            strcmp(entry.name, ".git") == 0 || entry.name_len != strlen(entry.name) ||
            (before && strcmp(before->name, entry.name) == 0))
            abort();
        previous = entry;
        before = &previous;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    for (size_t oid_len = OID_SHA1; oid_len <= OID_SHA256; oid_len += OID_SHA256 - OID_SHA1) {
        for (enum object_type type = OBJECT_COMMIT; type <= OBJECT_TAG; type++)
            links(type, bytes, size, oid_len);
        tree(bytes, size, oid_len);
    }
    object_name_refused((const char *)bytes, size, false);
    object_name_refused((const char *)bytes, size, true);
    return 0;
}
