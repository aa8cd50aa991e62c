/* SPDX-License-Identifier: MIT */
#include "client/deepened.h"

#include "objects/bodies.h"
#include "proto/object.h"
#include "system/oids.h"

static int has_parents(struct odb *odb, const struct oid *commit, struct fault *fault)
{
    const unsigned char *bytes;
    size_t size;
    enum object_type type;
    struct object_links links;
    struct object_link link;
    char hex[OID_HEX], missing[OID_HEX];
    int rc;
    if (odb_read(odb, commit, BODY_LINKED_MAX, &type, &bytes, &size) < 0)
        return -1;
    object_links_open(&links, type, bytes, size, commit->len);
    while ((rc = object_links_next(&links, &link, fault)) == 1) {
        struct oid oid = oid_from(link.id, commit->len);
        if (link.type == OBJECT_COMMIT && !odb_has(odb, &oid))
            return fault_set(fault, FAULT_PROTOCOL,
                             "the server calls commit %s whole, but its parent %s is missing",
                             oid_hex(commit, hex), oid_hex(&oid, missing));
    }
    return rc;
}

int deepened_check(struct odb *odb, const struct oid *before, size_t count,
                   const struct shallow_list *after, struct fault *fault)
{
    for (size_t i = 0; i < count; i++) {
        if (!oids_have(after->oids, after->count, &before[i]) && odb_has(odb, &before[i]) &&
            has_parents(odb, &before[i], fault) < 0)
            return -1;
    }
    return 0;
}
