/* SPDX-License-Identifier: MIT */
/* Buffers that are counted, and those that lie idle to be used again. */
#include "objects/buffer.h"

#include "t.h"

#include <stdbool.h>

static struct fault fault;

static void counting(void)
{
    struct buffer *buffer = buffer_make(NULL, 5, 3, &fault);
    CHECK(buffer && buffer->size == 5 && buffer->room >= 8 && buffer->users == 1, "made");
    memset(buffer->bytes, 'x', 8);
    CHECK(buffer_hold(buffer) == buffer && buffer->users == 2, "held");
    buffer_drop(buffer);
    CHECK(buffer->users == 1 && buffer->bytes[7] == 'x', "dropped by one of two");
    buffer_drop(buffer);
    buffer_drop(NULL);
    buffer = buffer_make(NULL, 0, 0, &fault);
    CHECK(buffer && buffer->size == 0, "of nothing");
    buffer_drop(buffer);
}

/* What cannot be there is a sentence. */
static void too_large(void)
{
    struct bufferpool pool = {.kept = 0};
    for (int pooled = 0; pooled < 2; pooled++) {
        fault_clear(&fault);
        CHECK(buffer_make(pooled ? &pool : NULL, SIZE_MAX / 2, 320, &fault) == NULL &&
                  fault.class == FAULT_LIMIT && strstr(fault.text, "no memory for an object of "),
              "%s", fault.text);
    }
    bufferpool_close(&pool);
    fault_clear(&fault);
}

/* Every size has room for itself and the slack, at most a quarter more than the least one needs. */
static void sizes(void)
{
    struct bufferpool pool = {.kept = 0};
    for (size_t size = 0; size < 3000000; size += 1 + size / 7) {
        struct buffer *buffer = buffer_make(&pool, size, 320, &fault);
        CHECK(buffer->size == size && buffer->room >= size + 320, "%zu: room of %zu", size,
              buffer->room);
        CHECK(buffer->room <= 512 || buffer->room <= (size + 320) * 2 + 512, "%zu: room of %zu",
              size, buffer->room);
        memset(buffer->bytes, 1, size + 320);
        buffer_drop(buffer);
    }
    bufferpool_close(&pool);
}

/* What was dropped is used again, by a size that fits; and little lies idle. */
static void again(void)
{
    struct bufferpool pool = {.kept = 0};
    struct buffer *first = buffer_make(&pool, 1000, 0, &fault), *many[100];
    size_t room = first->room;
    buffer_drop(first);
    struct buffer *second = buffer_make(&pool, 990, 0, &fault);
    CHECK(second == first && second->users == 1 && second->size == 990 && second->room == room,
          "not the same");
    struct buffer *third = buffer_make(&pool, 990, 0, &fault);
    CHECK(third != second, "one buffer twice");
    buffer_drop(second);
    struct buffer *large = buffer_make(&pool, 100000, 0, &fault);
    CHECK(large->room >= 100000, "a small one for a large");
    struct buffer *small = buffer_make(&pool, 1, 0, &fault);
    CHECK(small->room < 100000 && small != large, "a large one for a small");
    buffer_drop(large);
    buffer_drop(third);
    buffer_drop(small);
    for (int round = 0; round < 20; round++) {
        size_t size = 20000 + (size_t)round * 1000;
        for (int i = 0; i < 100; i++) {
            many[i] = buffer_make(&pool, size, 0, &fault);
            many[i]->bytes[0] = (unsigned char)i;
        }
        bool apart = true;
        for (int i = 0; i < 100; i++) {
            apart = apart && many[i]->bytes[0] == i;
            buffer_drop(many[i]);
        }
        CHECK(apart, "round %d: one buffer for two", round);
        struct buffer *one = buffer_make(&pool, 1, 0, &fault); /* gathers what was dropped */
        CHECK(pool.used == one->room, "round %d: %zu bytes used", round, pool.used);
        CHECK(pool.most >= 100 * size && pool.most < 110 * (size + size / 2) + (1 << 20),
              "round %d: %zu bytes at most", round, pool.most);
        CHECK(pool.kept + pool.used <= pool.most + BUFFERPOOL_KEEP, "round %d: %zu bytes idle",
              round, pool.kept);
        buffer_drop(one);
    }
    bufferpool_close(&pool);
    CHECK(pool.kept == 0, "%zu bytes are left", pool.kept);
}

int main(void)
{
    counting();
    too_large();
    sizes();
    again();
    return T_DONE();
}
