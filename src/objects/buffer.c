/* SPDX-License-Identifier: MIT */
#include "objects/buffer.h"

#include <stdatomic.h>
#include <stdlib.h>

enum {
    CLASS_LEAST = 512, /* bytes of room in the smallest buffer of a pool */
    /* A buffer may have four times the room that is asked for. With twice, one of three objects
     * found none that fits: it was allocated and another one freed, and of large pieces musl gives
     * and takes each page anew. What was never touched of the room costs nothing. */
    CLASSES_UP = 8
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

/* Frees what lies idle in the classes that were not asked for lately. What has been in use at one
 * time may be so again, and is no more memory than there was. */
static void shed(struct bufferpool *pool)
{
    while (pool->kept + pool->used > pool->most + BUFFERPOOL_KEEP) {
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
        pool->used -= room;
    }
    shed(pool);
}

/* One with room for CLASS, or CLASSES_UP larger. */
static struct buffer *take_idle(struct bufferpool *pool, unsigned class)
{
    pool->asked[class] = ++pool->clock;
    gather(pool);
    for (unsigned i = class; i < BUFFERPOOL_CLASSES && i <= class + CLASSES_UP; i++)
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
    if (pool) {
        pool->used += buffer->room;
        if (pool->most < pool->used)
            pool->most = pool->used;
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
