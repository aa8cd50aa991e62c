/* SPDX-License-Identifier: MIT */
#include "receive/waiting_deltas.h"

#include <inttypes.h>
#include <stdlib.h>

/* What a waiting arrival waits for: an arrival's number, or NAMED | the number of a name. */
#define NAMED ((uint32_t)1 << 31)

struct waiting {
    uint32_t base, number;
};

/* Resolved: what waits for this arrival, or for its name, is to be looked at. */
struct ready {
    uint32_t number, name;
};

struct waiting_deltas {
    struct bases *bases;
    struct namer *namer;
    struct waiting *waiting; /* sorted by base */
    size_t count;
    struct ready *ready;
    size_t ready_count;
};

static int compare_base(const void *a, const void *b)
{
    const struct waiting *x = a, *y = b;
    if (x->base != y->base)
        return x->base < y->base ? -1 : 1;
    return x->number < y->number ? -1 : x->number > y->number;
}

static bool is_waiting(const struct arrivals *table, uint32_t number)
{
    return arrival_type(&table->arrivals[number]) == OBJECT_NONE;
}

static int collect(struct waiting_deltas *deltas, size_t memory)
{
    const struct arrivals *table = deltas->bases->table;
    size_t count = 0;
    for (uint32_t number = 0; number < table->arrived; number++)
        count += is_waiting(table, number);
    if (count == 0)
        return 0;
    uint64_t bytes = (uint64_t)count * (sizeof *deltas->waiting + sizeof *deltas->ready);
    if (bytes > memory)
        return fault_set(deltas->bases->bodies.fault, FAULT_LIMIT,
                         "%zu deltas that came before their base need %" PRIu64
                         " KiB of memory, --mem has room for %zu",
                         count, bytes / 1024, memory / 1024);
    deltas->waiting = malloc(count * sizeof *deltas->waiting);
    deltas->ready = malloc(count * sizeof *deltas->ready);
    if (deltas->waiting == NULL || deltas->ready == NULL)
        return fault_set(deltas->bases->bodies.fault, FAULT_LIMIT,
                         "no memory for %zu deltas that came before their base", count);
    for (uint32_t number = 0; number < table->arrived; number++) {
        const struct arrival *arrival = &table->arrivals[number];
        if (!is_waiting(table, number))
            continue;
        deltas->waiting[deltas->count++] =
            (struct waiting){(arrival_waits_for_name(arrival) ? NAMED : 0) | arrival->base, number};
    }
    qsort(deltas->waiting, deltas->count, sizeof *deltas->waiting, compare_base);
    return 0;
}

/* Gives NUMBER its bytes, type and name, now that arrival BASE has them. */
static int complete(struct waiting_deltas *deltas, uint32_t number, uint32_t base_number,
                    uint32_t *name)
{
    struct bases *bases = deltas->bases;
    struct arrival *arrival = &bases->table->arrivals[number];
    enum object_type type = arrival_type(&bases->table->arrivals[base_number]);
    struct body base, delta, body;
    if (bases_body(bases, base_number, &base) < 0)
        return -1;
    if (bases_delta(bases, number, &delta) < 0) {
        body_drop(&base);
        return -1;
    }
    int rc = bodies_apply(&bases->bodies, &base, &delta, type, &body);
    body_drop(&base);
    body_drop(&delta);
    if (rc < 0)
        return fault_wrap(bases->bodies.fault, "pack entry at byte %" PRIu64,
                          arrival_offset(arrival));
    arrival_set_type(arrival, type);
    arrival_set_waits_for_name(arrival, false);
    arrival->base = base_number;
    rc = namer_now(deltas->namer, number, arrival_offset(arrival), type, &body, bases->bodies.piece,
                   name);
    if (rc == 0)
        bodies_keep(&bases->bodies, number, type, &body);
    body_drop(&body);
    return rc;
}

/* Completes all that wait for BASE, which is arrival BASE_NUMBER. */
static int complete_all(struct waiting_deltas *deltas, uint32_t base, uint32_t base_number)
{
    size_t low = 0, high = deltas->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (deltas->waiting[middle].base < base)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < deltas->count && deltas->waiting[low].base == base; low++) {
        uint32_t name, number = deltas->waiting[low].number;
        if (!is_waiting(deltas->bases->table, number))
            continue;
        if (complete(deltas, number, base_number, &name) < 0)
            return -1;
        deltas->ready[deltas->ready_count++] = (struct ready){number, name};
    }
    return 0;
}

/* The arrival that BASE stands for, if it is resolved; else ARRIVALS_NONE. */
static uint32_t resolved(const struct arrivals *table, uint32_t base)
{
    uint32_t number = base & NAMED ? arrivals_named(table, base & ~NAMED) : base;
    return number == ARRIVALS_NONE || is_waiting(table, number) ? ARRIVALS_NONE : number;
}

static int resolve(struct waiting_deltas *deltas)
{
    const struct arrivals *table = deltas->bases->table;
    for (size_t i = 0; i < deltas->count; i++) {
        uint32_t base = deltas->waiting[i].base;
        uint32_t number = resolved(table, base);
        if (number == ARRIVALS_NONE || !is_waiting(table, deltas->waiting[i].number))
            continue;
        if (complete_all(deltas, base, number) < 0)
            return -1;
        while (deltas->ready_count > 0) {
            struct ready ready = deltas->ready[--deltas->ready_count];
            if (complete_all(deltas, NAMED | ready.name, ready.number) < 0 ||
                complete_all(deltas, ready.number, ready.number) < 0)
                return -1;
        }
    }
    return 0;
}

int waiting_deltas_resolve(struct bases *bases, struct namer *namer, size_t memory, uint32_t *left)
{
    struct waiting_deltas deltas = {.bases = bases, .namer = namer};
    int rc = collect(&deltas, memory);
    if (rc == 0)
        rc = resolve(&deltas);
    *left = 0;
    for (size_t i = 0; i < deltas.count; i++)
        *left += is_waiting(bases->table, deltas.waiting[i].number);
    free(deltas.waiting);
    free(deltas.ready);
    return rc;
}
