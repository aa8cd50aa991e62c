/* SPDX-License-Identifier: MIT */
#include "objects/buffer.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum {
    SLOT_COST = 96,   /* bytes a kept base costs beside its own */
    CLASS_LEAST = 512 /* bytes of room in the smallest buffer of a pool */
};

#define NOBODY UINT32_MAX

struct basecache_slot {
    struct buffer *buffer;
    uint64_t number;
    uint32_t next;         /* in the same list of the hash table, or of free slots */
    uint32_t newer, older; /* in order of use */
};

/* The class that SIZE fits into, and the room that its buffers have; BUFFERPOOL_CLASSES: too large.
 */
static unsigned class_of(size_t size, size_t *room)
{
    unsigned class = 0;
    for (*room = CLASS_LEAST; *room < size && class < BUFFERPOOL_CLASSES; class ++)
        *room += (size_t)CLASS_LEAST << class / 4 >> 2;
    return class;
}

static struct buffer *pop(struct bufferpool *pool, unsigned class)
{
    struct buffer *buffer = pool->idle[class];
    pool->idle[class] = buffer->next;
    pool->kept -= buffer->room;
    return buffer;
}

/* Frees what lies idle in the classes that were not asked for lately. */
static void shed(struct bufferpool *pool)
{
    while (pool->kept > BUFFERPOOL_KEEP) {
        unsigned oldest = BUFFERPOOL_CLASSES;
        for (unsigned i = 0; i < BUFFERPOOL_CLASSES; i++)
            if (pool->idle[i] &&
                (oldest == BUFFERPOOL_CLASSES || pool->asked[i] < pool->asked[oldest]))
                oldest = i;
        free(pop(pool, oldest));
    }
}

/* Takes back what was dropped. */
static void gather(struct bufferpool *pool)
{
    struct buffer *next, *buffer = atomic_exchange(&pool->dropped, NULL);
    for (; buffer; buffer = next) {
        size_t room;
        next = buffer->next;
        unsigned class = class_of(buffer->room, &room);
        buffer->next = pool->idle[class];
        pool->idle[class] = buffer;
        pool->kept += room;
    }
    shed(pool);
}

/* One with room for CLASS, or up to twice as much. */
static struct buffer *take_idle(struct bufferpool *pool, unsigned class)
{
    pool->asked[class] = ++pool->clock;
    if (pool->idle[class] == NULL)
        gather(pool);
    for (unsigned i = class; i < BUFFERPOOL_CLASSES && i <= class + 4; i++)
        if (pool->idle[i])
            return pop(pool, i);
    return NULL;
}

void bufferpool_close(struct bufferpool *pool)
{
    gather(pool);
    for (unsigned i = 0; i < BUFFERPOOL_CLASSES; i++)
        while (pool->idle[i])
            free(pop(pool, i));
}

struct buffer *buffer_make(struct bufferpool *pool, size_t size, size_t slack, struct fault *fault)
{
    size_t room = 0;
    struct buffer *buffer = NULL;
    unsigned class = pool ? class_of(size + slack, &room) : BUFFERPOOL_CLASSES;
    if (class == BUFFERPOOL_CLASSES) {
        pool = NULL;
        room = size + slack;
    }
    if (pool)
        buffer = take_idle(pool, class);
    if (buffer == NULL && size < SIZE_MAX / 2 && (buffer = malloc(sizeof *buffer + room)))
        buffer->room = room;
    if (buffer == NULL) {
        fault_set(fault, FAULT_LIMIT, "no memory for an object of %zu bytes", size);
        return NULL;
    }
    buffer->pool = pool;
    buffer->size = size;
    buffer->users = 1;
    return buffer;
}

struct buffer *buffer_hold(struct buffer *buffer)
{
    buffer->users++;
    return buffer;
}

void buffer_drop(struct buffer *buffer)
{
    if (buffer == NULL || --buffer->users > 0)
        return;
    struct bufferpool *pool = buffer->pool;
    if (pool == NULL) {
        free(buffer);
        return;
    }
    buffer->next = pool->dropped;
    while (!atomic_compare_exchange_weak(&pool->dropped, &buffer->next, buffer))
        continue;
}

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

static uint32_t *head_of(struct basecache *cache, uint64_t number)
{
    return &cache->heads[(number ^ number >> 20) % cache->slot_count];
}

static uint32_t find(struct basecache *cache, uint64_t number)
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

void basecache_resize(struct basecache *cache, size_t budget)
{
    cache->budget = budget;
    while (cache->held > cache->budget)
        evict(cache, cache->oldest);
}

struct buffer *basecache_get(struct basecache *cache, uint64_t number)
{
    uint32_t slot = find(cache, number);
    if (slot == NOBODY)
        return NULL;
    use_unlink(cache, slot);
    use_newest(cache, slot);
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

void basecache_put(struct basecache *cache, uint64_t number, struct buffer *buffer)
{
    size_t cost = buffer->room + SLOT_COST;
    if (cost > cache->budget / 2 || find(cache, number) != NOBODY)
        return;
    while (cache->held + cost > cache->budget)
        evict(cache, cache->oldest);
    uint32_t slot = take_slot(cache);
    struct basecache_slot *s = &cache->slots[slot];
    uint32_t *head = head_of(cache, number);
    s->buffer = buffer_hold(buffer);
    s->number = number;
    s->next = *head;
    *head = slot;
    cache->held += cost;
    use_newest(cache, slot);
}
