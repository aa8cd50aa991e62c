/* SPDX-License-Identifier: MIT */
/* The bases that are kept, against a list in order of use. */
#include "objects/basecache.h"

#include "t.h"

#include <stdbool.h>

enum { SLOTS = 7, NUMBERS = 20 };

static struct fault fault;

static void put(struct basecache *cache, uint64_t number, size_t size)
{
    struct buffer *buffer = buffer_make(NULL, size, 0, &fault);
    memset(buffer->bytes, (int)number, size);
    basecache_put(cache, number, (enum object_type)(number % 4 + 1), buffer);
    buffer_drop(buffer);
}

/* Whether NUMBER is kept; if so, it has its bytes and its type. */
static bool has(struct basecache *cache, uint64_t number)
{
    enum object_type type = OBJECT_NONE;
    struct buffer *buffer = basecache_get(cache, number, &type);
    if (buffer == NULL)
        return false;
    CHECK(type == (enum object_type)(number % 4 + 1) && buffer->bytes[0] == (unsigned char)number,
          "%d: another's", (int)number);
    CHECK(buffer->users == 2, "%d: %u hold it", (int)number, buffer->users);
    buffer_drop(buffer);
    return true;
}

/* As many as there are slots; the one that was used longest ago goes first. Numbers a million apart
 * meet in the hash table. */
static void by_use(uint64_t apart)
{
    struct basecache cache;
    uint64_t used[SLOTS]; /* the last one first */
    size_t count = 0;
    uint32_t random = 1;
    fault_clear(&fault);
    CHECK(basecache_open(&cache, SLOTS, 1 << 20, &fault) == 0, "%s", fault.text);
    for (int step = 0; step < 3000; step++) {
        random = random * 1103515245 + 12345;
        uint64_t number = (random >> 16) % NUMBERS * apart;
        bool ask = random >> 30 & 1;
        size_t at = 0;
        while (at < count && used[at] != number)
            at++;
        bool known = at < count;
        if (ask)
            CHECK(has(&cache, number) == known, "step %d: %d", step, (int)number);
        else
            put(&cache, number, 10);
        if (ask ? !known : known)
            continue; /* to put what is there is no use of it */
        if (!known)
            at = count < SLOTS ? count++ : SLOTS - 1;
        memmove(used + 1, used, at * sizeof *used);
        used[0] = number;
    }
    for (size_t i = 0; i < count; i++)
        CHECK(has(&cache, used[i]), "%zu", i);
    basecache_close(&cache);
}

/* Bytes: never over the budget. */
static void by_bytes(void)
{
    enum { BUDGET = 100000 };
    struct basecache cache;
    fault_clear(&fault);
    CHECK(basecache_open(&cache, 1000, BUDGET, &fault) == 0, "%s", fault.text);
    put(&cache, 1, BUDGET);
    CHECK(!has(&cache, 1) && cache.held == 0, "more than the budget is kept");
    put(&cache, 1, BUDGET / 2 + 1);
    CHECK(has(&cache, 1) && cache.held > BUDGET / 2, "more than half is not kept");
    put(&cache, 2, BUDGET / 4);
    CHECK(has(&cache, 2) && cache.held >= BUDGET / 4, "a quarter is not kept");
    for (uint64_t number = 3; number < 500; number++) {
        put(&cache, number, 1 + (size_t)(number * number % 20000));
        CHECK(cache.held <= BUDGET, "%zu bytes held", cache.held);
        CHECK(has(&cache, number), "%d is gone at once", (int)number);
    }
    CHECK(!has(&cache, 2), "the oldest is there");
    put(&cache, 1000, BUDGET);
    CHECK(has(&cache, 499), "what is not kept has pushed others out");
    cache.budget = 0;
    put(&cache, 1001, 1);
    CHECK(!has(&cache, 1001), "kept without a budget");
    basecache_close(&cache);
    basecache_close(&cache);
}

int main(void)
{
    by_use(1);
    by_use(1 << 20);
    by_use(SLOTS);
    by_bytes();
    return T_DONE();
}
