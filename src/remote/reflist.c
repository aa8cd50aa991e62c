/* SPDX-License-Identifier: MIT */
#include "remote/reflist.h"

#include "system/array.h"
#include "system/texts.h"

#include <stdlib.h>
#include <string.h>

/* What is made of a reference later takes that many bytes besides: an entry of packed-refs, a want,
 * its line in the request. */
enum { LATER = 120 };

static int no_memory(const struct reflist *refs, struct fault *fault)
{
    return fault_set(fault, FAULT_LIMIT, "no memory for %zu references", refs->count + 1);
}

void reflist_free(struct reflist *refs)
{
    texts_free(refs->names);
    free(refs->refs);
    free(refs->shallow);
    *refs = (struct reflist){0};
}

const struct oid *remote_ref_peeled(const struct remote_ref *ref)
{
    /* A struct oid is bytes, which begin anywhere. */
    return ref->has_peeled ? (const struct oid *)(const void *)(ref->name + strlen(ref->name) + 1)
                           : NULL;
}

const char *remote_ref_target(const struct remote_ref *ref)
{
    size_t peeled = ref->has_peeled ? sizeof(struct oid) : 0;
    return ref->has_target ? ref->name + strlen(ref->name) + 1 + peeled : NULL;
}

static int ref_add(struct reflist *refs, const struct ref *ref, struct fault *fault)
{
    char text[2 * REFS_NAME_MAX + sizeof(struct oid)];
    size_t size = strlen(ref->name) + 1;
    struct remote_ref kept = {.oid = ref->oid,
                              .unborn = ref->unborn,
                              .has_peeled = ref->has_peeled,
                              .has_target = ref->symref_target != NULL};
    memcpy(text, ref->name, size);
    if (kept.has_peeled) {
        memcpy(text + size, &ref->peeled, sizeof ref->peeled);
        size += sizeof ref->peeled;
    }
    if (kept.has_target) {
        memcpy(text + size, ref->symref_target, strlen(ref->symref_target));
        size += strlen(ref->symref_target);
    }
    refs->memory += sizeof kept + LATER + size;
    if (refs->memory_max && refs->memory > refs->memory_max)
        return fault_set(fault, FAULT_LIMIT,
                         "over %zu references, which is what --mem has room for", refs->count);
    struct remote_ref *more = array_room(refs->refs, refs->count, &refs->room, sizeof *more);
    if (more)
        refs->refs = more;
    kept.name = more ? texts_keep(&refs->names, text, size) : NULL;
    if (!kept.name)
        return no_memory(refs, fault);
    refs->refs[refs->count++] = kept;
    return 0;
}

struct shallow_note {
    struct reflist *refs;
    struct fault *fault;
};

static void shallow_note(void *context, const struct oid *oid)
{
    struct shallow_note *note = context;
    struct reflist *refs = note->refs;
    struct oid *more =
        array_room(refs->shallow, refs->shallow_count, &refs->shallow_room, sizeof *more);
    if (!more) {
        fault_set(note->fault, FAULT_LIMIT, "no memory for shallow commits");
        return;
    }
    refs->shallow = more;
    more[refs->shallow_count++] = *oid;
}

/* Compares names so that '/' comes first: "m" then stands right before "m/x", never "m-x". */
static int name_compare(const char *a, const char *b)
{
    while (*a && *a == *b) {
        a++;
        b++;
    }
    int left = *a == '/' ? 1 : (unsigned char)*a, right = *b == '/' ? 1 : (unsigned char)*b;
    return left - right;
}

static int ref_compare(const void *a, const void *b)
{
    const struct remote_ref *const *left = a, *const *right = b;
    return name_compare((*left)->name, (*right)->name);
}

/* A and B are neighbours in the order of ref_compare(). */
static int pair_check(const struct remote_ref *a, const struct remote_ref *b, struct fault *fault)
{
    size_t length = strlen(a->name);
    char left[OID_HEX], right[OID_HEX];
    if (strcmp(a->name, b->name) == 0 && !oid_equal(&a->oid, &b->oid))
        return fault_set(fault, FAULT_PROTOCOL,
                         "the server names reference '%.200s' twice, as %s and as %s", a->name,
                         oid_hex(&a->oid, left), oid_hex(&b->oid, right));
    if (strncmp(a->name, b->name, length) == 0 && b->name[length] == '/')
        return fault_set(fault, FAULT_PROTOCOL,
                         "the server names '%.200s' and '%.200s', which cannot both exist", a->name,
                         b->name);
    return 0;
}

/* Removes those without a name, which were there before. */
static void repeated_remove(struct reflist *refs)
{
    size_t kept = 0;
    for (size_t i = 0; i < refs->count; i++)
        if (refs->refs[i].name)
            refs->refs[kept++] = refs->refs[i];
    refs->count = kept;
}

/* R2: no name twice (the same again does no harm), none below another. */
static int names_check(struct reflist *refs, struct fault *fault)
{
    int rc = 0;
    size_t last = 0;
    struct remote_ref **order = malloc((refs->count + 1) * sizeof *order);
    if (!order)
        return no_memory(refs, fault);
    for (size_t i = 0; i < refs->count; i++)
        order[i] = &refs->refs[i];
    qsort(order, refs->count, sizeof *order, ref_compare);
    for (size_t i = 1; i < refs->count && rc == 0; i++) {
        rc = pair_check(order[last], order[i], fault);
        if (strcmp(order[last]->name, order[i]->name) == 0)
            order[i]->name = NULL;
        else
            last = i;
    }
    free(order);
    repeated_remove(refs);
    return rc;
}

int reflist_read(struct refs_reader *in, struct reflist *out, struct fault *fault)
{
    struct shallow_note note = {out, fault};
    struct ref ref;
    int rc;
    in->shallow = shallow_note;
    in->context = &note;
    while ((rc = refs_next(in, &ref)) == 1) {
        const char *target = ref.symref_target;
        if (target && !refs_name_valid(target, strlen(target), false))
            return fault_set(fault, FAULT_PROTOCOL,
                             "the server says '%.200s' points to '%.200s', which is no reference",
                             ref.name, target);
        if (ref_add(out, &ref, fault) < 0)
            return -1;
    }
    if (rc < 0 || fault->class != FAULT_NONE)
        return -1;
    return names_check(out, fault);
}

static bool begins_with_one(const char *name, const char *const *prefixes, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strncmp(name, prefixes[i], strlen(prefixes[i])) == 0)
            return true;
    return count == 0;
}

void reflist_filter(struct reflist *refs, const char *const *prefixes, size_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < refs->count; i++)
        if (begins_with_one(refs->refs[i].name, prefixes, count))
            refs->refs[kept++] = refs->refs[i];
    refs->count = kept;
}

const struct remote_ref *reflist_find(const struct reflist *refs, const char *name)
{
    for (size_t i = 0; i < refs->count; i++)
        if (strcmp(refs->refs[i].name, name) == 0)
            return &refs->refs[i];
    return NULL;
}
