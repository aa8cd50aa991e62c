/* SPDX-License-Identifier: MIT */
#include "receive/waiting_deltas.h"

#include <inttypes.h>
#include <stdlib.h>

/* What a parked arrival waits for: an arrival's number, or NAMED | the number of a name. */
#define NAMED ((uint64_t)1 << 32)

struct waiting {
    uint64_t base;
    uint32_t number;
};

struct waiting_deltas {
    struct rebuild *rebuild;
    struct namer *namer;
    struct waiting *waiting; /* sorted by base */
    size_t count;
    struct waiting *ready; /* resolved: what waits for these is to be looked at */
    size_t ready_count;
};

static int compare_base(const void *a, const void *b)
{
    const struct waiting *x = a, *y = b;
    if (x->base != y->base)
        return x->base < y->base ? -1 : 1;
    return x->number < y->number ? -1 : x->number > y->number;
}

static bool is_parked(const struct arrivals *table, uint32_t number)
{
    return arrival_type(&table->arrivals[number]) == OBJECT_NONE;
}

static int collect(struct waiting_deltas *parked)
{
    const struct arrivals *table = parked->rebuild->table;
    size_t count = 0;
    for (uint32_t number = 0; number < table->arrived; number++)
        count += is_parked(table, number);
    if (count == 0)
        return 0;
    parked->waiting = malloc(count * sizeof *parked->waiting);
    parked->ready = malloc(2 * count * sizeof *parked->ready);
    if (parked->waiting == NULL || parked->ready == NULL)
        return fault_set(parked->rebuild->fault, FAULT_LIMIT,
                         "no memory for %zu deltas that came before their base", count);
    for (uint32_t number = 0; number < table->arrived; number++) {
        const struct arrival *arrival = &table->arrivals[number];
        if (!is_parked(table, number))
            continue;
        parked->waiting[parked->count++] =
            (struct waiting){(arrival_waits_for_name(arrival) ? NAMED : 0) | arrival->base, number};
    }
    qsort(parked->waiting, parked->count, sizeof *parked->waiting, compare_base);
    return 0;
}

/* Gives NUMBER its bytes, type and name, now that arrival BASE has them. */
static int complete(struct waiting_deltas *parked, uint32_t number, uint32_t base_number,
                    uint32_t *name)
{
    struct rebuild *rebuild = parked->rebuild;
    struct arrival *arrival = &rebuild->table->arrivals[number];
    enum object_type type = arrival_type(&rebuild->table->arrivals[base_number]);
    struct body base, delta, body;
    if (rebuild_body(rebuild, base_number, &base) < 0)
        return -1;
    if (rebuild_delta(rebuild, number, &delta) < 0) {
        body_drop(&base);
        return -1;
    }
    int rc = rebuild_apply(rebuild, &base, &delta, type, &body);
    body_drop(&base);
    body_drop(&delta);
    if (rc < 0)
        return fault_wrap(rebuild->fault, "pack entry at byte %" PRIu64, arrival_offset(arrival));
    arrival_set_type(arrival, type);
    arrival_set_waits_for_name(arrival, false);
    arrival->base = base_number;
    rc = namer_now(parked->namer, number, arrival_offset(arrival), type, &body, rebuild->piece,
                   name);
    if (rc == 0)
        rebuild_keep(rebuild, number, &body);
    body_drop(&body);
    return rc;
}

/* Completes all that wait for BASE, which is arrival BASE_NUMBER. */
static int complete_all(struct waiting_deltas *parked, uint64_t base, uint32_t base_number)
{
    size_t low = 0, high = parked->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (parked->waiting[middle].base < base)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < parked->count && parked->waiting[low].base == base; low++) {
        uint32_t name, number = parked->waiting[low].number;
        if (!is_parked(parked->rebuild->table, number))
            continue;
        if (complete(parked, number, base_number, &name) < 0)
            return -1;
        parked->ready[parked->ready_count++] = (struct waiting){number, number};
        parked->ready[parked->ready_count++] = (struct waiting){NAMED | name, number};
    }
    return 0;
}

/* The arrival that BASE stands for, if it is resolved; else OBJTABLE_NONE. */
static uint32_t resolved(const struct arrivals *table, uint64_t base)
{
    uint32_t number = base & NAMED ? arrivals_named(table, (uint32_t)base) : (uint32_t)base;
    return number == OBJTABLE_NONE || is_parked(table, number) ? OBJTABLE_NONE : number;
}

static int resolve(struct waiting_deltas *parked)
{
    const struct arrivals *table = parked->rebuild->table;
    for (size_t i = 0; i < parked->count; i++) {
        uint64_t base = parked->waiting[i].base;
        uint32_t number = resolved(table, base);
        if (number == OBJTABLE_NONE || !is_parked(table, parked->waiting[i].number))
            continue;
        if (complete_all(parked, base, number) < 0)
            return -1;
        while (parked->ready_count > 0) {
            struct waiting ready = parked->ready[--parked->ready_count];
            if (complete_all(parked, ready.base, ready.number) < 0)
                return -1;
        }
    }
    return 0;
}

int waiting_deltas_resolve(struct rebuild *rebuild, struct namer *namer, uint32_t *left)
{
    struct waiting_deltas parked = {.rebuild = rebuild, .namer = namer};
    int rc = collect(&parked);
    if (rc == 0)
        rc = resolve(&parked);
    *left = 0;
    for (size_t i = 0; i < parked.count; i++)
        *left += is_parked(rebuild->table, parked.waiting[i].number);
    free(parked.waiting);
    free(parked.ready);
    return rc;
}
