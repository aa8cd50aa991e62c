/* SPDX-License-Identifier: MIT */
#include "objects/peel.h"

#include "proto/object.h"

#include <string.h>

/* The type of OID, and the first thing it links to: a commit's tree, a tag's object. */
static int first_link(struct odb *odb, const struct oid *oid, enum object_type *type,
                      struct oid *link, struct fault *fault)
{
    struct object_links links;
    struct object_link first;
    const unsigned char *bytes;
    size_t size;
    if (odb_read(odb, oid, PEEL_OBJECT_MAX, type, &bytes, &size) < 0)
        return -1;
    if (*type != OBJECT_COMMIT && *type != OBJECT_TAG)
        return 0;
    object_links_open(&links, *type, bytes, size, oid->len);
    int rc = object_links_next(&links, &first, fault);
    if (rc == 1)
        *link = oid_from(first.id, oid->len);
    return rc < 0 ? -1 : 0;
}

static int peel(struct odb *odb, const struct oid *oid, struct oid *commit, struct oid *tree,
                struct fault *fault)
{
    struct oid at = *oid, link = {.len = oid->len};
    char hex[OID_HEX];
    for (unsigned i = 0; i < PEEL_TAGS_MAX; i++) {
        enum object_type type;
        if (first_link(odb, &at, &type, &link, fault) < 0)
            return -1;
        if (type == OBJECT_COMMIT) {
            *commit = at;
            *tree = link;
            return 0;
        }
        if (type != OBJECT_TAG)
            return fault_set(fault, FAULT_PROTOCOL, "%s is a %s, not a commit", oid_hex(&at, hex),
                             pack_type_name(type));
        at = link;
    }
    return fault_set(fault, FAULT_LIMIT, "%s: more than %d tags that point to tags",
                     oid_hex(oid, hex), PEEL_TAGS_MAX);
}

int peel_to_commit(struct odb *odb, const struct oid *oid, struct oid *commit, struct fault *fault)
{
    struct oid tree;
    return peel(odb, oid, commit, &tree, fault);
}

int peel_to_tree(struct odb *odb, const struct oid *oid, struct oid *tree, struct fault *fault)
{
    struct oid commit;
    return peel(odb, oid, &commit, tree, fault);
}
