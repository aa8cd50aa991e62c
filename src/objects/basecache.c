/* SPDX-License-Identifier: MIT */
#include "objects/basecache.h"

#include <stdlib.h>
#include <string.h>

enum { SLOT_COST = 96 /* bytes a kept base costs beside its own */ };

#define NOBODY UINT32_MAX

struct basecache_slot {
    struct buffer *buffer;
    uint64_t number;
    enum object_type type;
    uint32_t next;         /* in the same list of the hash table, or of free slots */
    uint32_t newer, older; /* in order of use */
};

int basecache_open(struct basecache *cache, uint32_t slots, size_t budget, struct fault *fault)
{
    *cache = (struct basecache){.slot_count = slots, .budget = budget};
    cache->slots = calloc(slots, sizeof *cache->slots);
    cache->heads = malloc(slots * sizeof *cache->heads);
    if (cache->slots == NULL || cache->heads == NULL) {
        basecache_close(cache);
        return fault_set(fault, FAULT_LIMIT, "no memory for a cache of %u bases", slots);
    }
    memset(cache->heads, 0xff, slots * sizeof *cache->heads);
    cache->free = cache->newest = cache->oldest = NOBODY;
    return 0;
}

void basecache_close(struct basecache *cache)
{
    for (uint32_t slot = 0; cache->slots && slot < cache->used; slot++)
        buffer_drop(cache->slots[slot].buffer);
    free(cache->slots);
    free(cache->heads);
    cache->slots = NULL;
    cache->heads = NULL;
}

static uint32_t *head_of(const struct basecache *cache, uint64_t number)
{
    return &cache->heads[(number ^ number >> 20) % cache->slot_count];
}

static uint32_t find(const struct basecache *cache, uint64_t number)
{
    uint32_t slot = *head_of(cache, number);
    while (slot != NOBODY && cache->slots[slot].number != number)
        slot = cache->slots[slot].next;
    return slot;
}

static void use_unlink(struct basecache *cache, uint32_t slot)
{
    struct basecache_slot *s = &cache->slots[slot];
    *(s->newer == NOBODY ? &cache->newest : &cache->slots[s->newer].older) = s->older;
    *(s->older == NOBODY ? &cache->oldest : &cache->slots[s->older].newer) = s->newer;
}

static void use_newest(struct basecache *cache, uint32_t slot)
{
    struct basecache_slot *s = &cache->slots[slot];
    s->newer = NOBODY;
    s->older = cache->newest;
    *(s->older == NOBODY ? &cache->oldest : &cache->slots[s->older].newer) = slot;
    cache->newest = slot;
}

static void evict(struct basecache *cache, uint32_t slot)
{
    struct basecache_slot *s = &cache->slots[slot];
    uint32_t *link = head_of(cache, s->number);
    while (*link != slot)
        link = &cache->slots[*link].next;
    *link = s->next;
    use_unlink(cache, slot);
    cache->held -= s->buffer->room + SLOT_COST;
    buffer_drop(s->buffer);
    s->buffer = NULL;
    s->next = cache->free;
    cache->free = slot;
}

bool basecache_has(const struct basecache *cache, uint64_t number)
{
    return find(cache, number) != NOBODY;
}

struct buffer *basecache_get(struct basecache *cache, uint64_t number, enum object_type *type)
{
    uint32_t slot = find(cache, number);
    if (slot == NOBODY)
        return NULL;
    use_unlink(cache, slot);
    use_newest(cache, slot);
    *type = cache->slots[slot].type;
    return buffer_hold(cache->slots[slot].buffer);
}

static uint32_t take_slot(struct basecache *cache)
{
    if (cache->free == NOBODY && cache->used < cache->slot_count)
        return cache->used++;
    if (cache->free == NOBODY)
        evict(cache, cache->oldest);
    uint32_t slot = cache->free;
    cache->free = cache->slots[slot].next;
    return slot;
}

void basecache_put(struct basecache *cache, uint64_t number, enum object_type type,
                   struct buffer *buffer)
{
    size_t cost = buffer->room + SLOT_COST;
    if (cost > cache->budget || find(cache, number) != NOBODY)
        return;
    while (cache->held + cost > cache->budget)
        evict(cache, cache->oldest);
    uint32_t slot = take_slot(cache);
    struct basecache_slot *s = &cache->slots[slot];
    uint32_t *head = head_of(cache, number);
    s->buffer = buffer_hold(buffer);
    s->number = number;
    s->type = type;
    s->next = *head;
    *head = slot;
    cache->held += cost;
    use_newest(cache, slot);
}
