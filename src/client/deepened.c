/* SPDX-License-Identifier: MIT */
#include "client/deepened.h"

#include "objects/bodies.h"
#include "proto/object.h"
#include "system/oids.h"

#include <stdlib.h>

/* What is done with a PARENT that is not here. 0 or -1. */
typedef int lost_parent(void *context, const struct oid *commit, const struct oid *parent);

/* Calls LOST for each parent of COMMIT that ODB has not. 0 or -1. */
static int each_lost(struct odb *odb, const struct oid *commit, lost_parent *lost, void *context,
                     struct fault *fault)
{
    const unsigned char *bytes;
    size_t size;
    enum object_type type;
    struct object_links links;
    struct object_link link;
    int rc;
    if (odb_read(odb, commit, BODY_LINKED_MAX, &type, &bytes, &size) < 0)
        return -1;
    object_links_open(&links, type, bytes, size, commit->len);
    while ((rc = object_links_next(&links, &link, fault)) == 1) {
        struct oid oid = oid_from(link.id, commit->len);
        if (link.type == OBJECT_COMMIT && !odb_has(odb, &oid) && lost(context, commit, &oid) < 0)
            return -1;
    }
    return rc;
}

/* The same for each commit that is in BEFORE and not in AFTER. */
static int each_lost_of_all(struct odb *odb, const struct oid *before, size_t count,
                            const struct shallow_list *after, lost_parent *lost, void *context,
                            struct fault *fault)
{
    for (size_t i = 0; i < count; i++) {
        if (!oids_have(after->oids, after->count, &before[i]) && odb_has(odb, &before[i]) &&
            each_lost(odb, &before[i], lost, context, fault) < 0)
            return -1;
    }
    return 0;
}

static int is_fault(void *context, const struct oid *commit, const struct oid *parent)
{
    char hex[OID_HEX], missing[OID_HEX];
    return fault_set(context, FAULT_PROTOCOL,
                     "the server calls commit %s whole, but its parent %s is missing",
                     oid_hex(commit, hex), oid_hex(parent, missing));
}

int deepened_check(struct odb *odb, const struct oid *before, size_t count,
                   const struct shallow_list *after, struct fault *fault)
{
    return each_lost_of_all(odb, before, count, after, is_fault, fault, fault);
}

/* What is no blob stands first: it takes the place of the first blob, which goes to the end. */
static int is_rest(void *context, const struct oid *commit, const struct oid *parent)
{
    struct receive_rest *rest = context;
    struct oid *oids = realloc(rest->oids, (rest->count + 1) * sizeof *oids);
    (void)commit;
    if (oids == NULL)
        return -1;
    struct oid *first_blob = oids + rest->count - rest->blobs;
    oids[rest->count++] = *first_blob;
    *first_blob = *parent;
    rest->oids = oids;
    return 0;
}

int deepened_rest(struct odb *odb, const struct oid *before, size_t count,
                  const struct shallow_list *after, struct receive_rest *rest, struct fault *fault)
{
    int rc = each_lost_of_all(odb, before, count, after, is_rest, rest, fault);
    return rc < 0 && fault->class == FAULT_NONE
               ? fault_set(fault, FAULT_LIMIT, "no memory for a list of what is missing")
               : rc;
}
