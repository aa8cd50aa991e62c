/* SPDX-License-Identifier: MIT */
/* What a clone takes of a server's references. The first byte says how it was asked, the rest is
 * the answer to ls-refs. Each name that is to be written is valid and there once, each id is
 * wanted. */
#include "client/refmap.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static bool is_wanted(const struct refmap *map, const struct oid *oid)
{
    for (size_t i = 0; i < map->want_count; i++)
        if (oid_equal(&map->wants[i], oid))
            return true;
    return false;
}

static void look_at(const struct refmap *map)
{
    for (size_t i = 1; i < map->want_count; i++)
        if (memcmp(map->wants[i - 1].id, map->wants[i].id, OID_SHA1) >= 0)
            abort();
    for (size_t i = 0; i < map->count; i++) {
        const struct refdb_entry *entry = &map->entries[i];
        char name[2 * REFS_NAME_MAX];
        snprintf(name, sizeof name, "%s%s", entry->folder, entry->name);
        if (!refs_name_valid(name, strlen(name), false) || strncmp(name, "refs/", 5) != 0 ||
            !is_wanted(map, entry->oid))
            abort();
    }
    if (map->head != HEAD_DETACHED &&
        (strncmp(map->head_name, "refs/heads/", 11) != 0 ||
         !refs_name_valid(map->head_name, strlen(map->head_name), false)))
        abort();
    if (map->head != HEAD_UNBORN && !is_wanted(map, &map->head_oid))
        abort();
    if (map->remote_head[0] && !refs_name_valid(map->remote_head, strlen(map->remote_head), false))
        abort();
}

static bool every_second(void *context, const struct oid *oid)
{
    (void)context;
    return oid->id[0] & 1;
}

static void choose(const struct refmap_options *options, const struct reflist *refs)
{
    struct fault fault = {.class = FAULT_NONE};
    struct refmap map;
    int rc = refmap_choose(options, refs, &map, &fault);
    if ((rc < 0) != (fault.class != FAULT_NONE))
        abort();
    if (rc < 0)
        return;
    look_at(&map);
    if (refmap_follow_tags(&map, refs, every_second, NULL, &fault) < 0)
        abort();
    refmap_free(&map);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static struct pkt_reader pkt;
    static struct refs_reader reader;
    struct fault fault = {.class = FAULT_NONE};
    struct caps caps = {.version = 2, .oid_len = OID_SHA1};
    struct reflist refs = {0};
    struct reader in;
    if (size == 0)
        return 0;
    unsigned how = *bytes;
    struct refmap_options options = {.origin = "origin",
                                     .bare = how & 1,
                                     .mirror = how & 2,
                                     .single_branch = how & 4,
                                     .no_tags = how & 8,
                                     .branch = how & 16   ? "main"
                                               : how & 32 ? "v1"
                                                          : NULL};
    reader_memory(&in, bytes + 1, size - 1, "fuzz", &fault);
    pkt_open(&pkt, &in, NULL);
    refs_open_ls(&reader, &pkt, &caps);
    if (reflist_read(&reader, &refs, &fault) == 0)
        choose(&options, &refs);
    reflist_free(&refs);
    return 0;
}
