/* SPDX-License-Identifier: MIT */
#include "client/missing.h"

#include "system/oids.h"

#include <stdlib.h>
#include <string.h>

static int no_memory(struct fault *fault)
{
    return fault_set(fault, FAULT_LIMIT, "no memory for a list of what is missing");
}

int missing_begin(struct missing *missing, const struct oid *wants, size_t count,
                  struct fault *fault)
{
    size_t most = missing->most ? missing->most : WANTS_MOST;
    free(missing->oids);
    *missing = (struct missing){malloc(count * sizeof *wants + 1), count, 0, most};
    if (missing->oids == NULL)
        return no_memory(fault);
    memcpy(missing->oids, wants, count * sizeof *wants);
    return 0;
}

void missing_free(struct missing *missing)
{
    free(missing->oids);
    missing->oids = NULL;
}

size_t missing_wants(const struct missing *missing, bool filtered)
{
    size_t links = missing->count - missing->blobs;
    size_t all = filtered && links > 0 ? links : missing->count;
    return all < missing->most ? all : missing->most;
}

/* Adds those of FROM[0..COUNT) to MISSING that have not come. */
static void add(struct missing *missing, struct odb *odb, const struct oid *from, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!odb_has(odb, &from[i]))
            missing->oids[missing->count++] = from[i];
}

int missing_account(struct missing *missing, struct odb *odb, size_t asked,
                    const struct receive_rest *rest, struct fault *fault)
{
    const struct missing before = *missing;
    size_t links = before.count - before.blobs, rest_links = rest->count - rest->blobs;
    size_t links_asked = asked < links ? asked : links, blobs_asked = asked - links_asked;
    struct missing now = {.oids = malloc((rest->count + before.count) * sizeof *now.oids + 1),
                          .most = before.most};
    if (now.oids == NULL)
        return no_memory(fault);
    add(&now, odb, before.oids, asked);
    bool vain = asked > 0 && now.count == asked;
    now.count = 0;
    add(&now, odb, rest->oids, rest_links);
    add(&now, odb, before.oids + links_asked, links - links_asked);
    /* What trees of several packs link to is in the list several times. */
    size_t links_now = now.count = oids_sort(now.oids, now.count);
    add(&now, odb, rest->oids + rest_links, rest->blobs);
    add(&now, odb, before.oids + links + blobs_asked, before.blobs - blobs_asked);
    now.blobs = oids_sort(now.oids + links_now, now.count - links_now);
    now.count = links_now + now.blobs;
    free(before.oids);
    *missing = now;
    return vain;
}

void missing_ask_for_less(struct missing *missing, size_t asked)
{
    struct oid *oids = missing->oids;
    for (size_t i = 0; i < asked / 2; i++) {
        struct oid kept = oids[i];
        oids[i] = oids[asked - 1 - i];
        oids[asked - 1 - i] = kept;
    }
    missing->most = asked > 1 ? asked / 2 : 1;
}

void missing_ask_for_more(struct missing *missing)
{
    missing->most = missing->most < WANTS_MOST / 2 ? 2 * missing->most : WANTS_MOST;
}
