/* SPDX-License-Identifier: MIT */
#include "receive/bases.h"

#include <inttypes.h>
#include <string.h>

static int charge(struct bases *bases, uint64_t size)
{
    bases->again += size;
    if (bases->again / BASES_AGAIN_RATIO > bases->received + BODY_BOMB_FLOOR)
        return fault_set(bases->bodies.fault, FAULT_LIMIT,
                         "its deltas lie so that %" PRIu64
                         " bytes had to be inflated again for %" PRIu64 " received",
                         bases->again, bases->received);
    return 0;
}

static int open_entry(struct entries *entries, uint64_t number, struct file_reader *in,
                      struct pack_entry *entry)
{
    struct bases *bases = (struct bases *)entries;
    const struct arrivals *table = bases->table;
    uint64_t offset = arrival_offset(&table->arrivals[number]);
    if (spool_flush(bases->spool) < 0)
        return -1;
    uint64_t end = number + 1 < table->arrived ? arrival_offset(&table->arrivals[number + 1])
                                               : bases->spool->written;
    file_read_open(in, bases->spool->fd, offset, end, "pack", bases->bodies.fault);
    if (pack_read_entry(&in->reader, offset, table->oid_len, entry) < 0 ||
        charge(bases, entry->size) < 0)
        return fault_wrap(bases->bodies.fault, "reading back byte %" PRIu64, offset);
    return 0;
}

static int find_base(struct entries *entries, uint64_t number, uint64_t *base,
                     struct file_reader *in, struct pack_entry *entry)
{
    const struct arrivals *table = ((struct bases *)entries)->table;
    *base = table->arrivals[number].base;
    return *base == ARRIVALS_NONE ? open_entry(entries, number, in, entry) : 1;
}

int bases_open(struct bases *bases, struct arrivals *table, struct spool *spool, int scratch_dir,
               size_t cache, uint32_t cache_slots, struct fault *fault)
{
    *bases = (struct bases){
        .entries = {.count = ARRIVALS_COUNT_MAX, .open = open_entry, .base = find_base},
        .table = table,
        .spool = spool,
    };
    return bodies_open(&bases->bodies, scratch_dir, cache, cache_slots, fault);
}

int bases_body(struct bases *bases, uint32_t number, struct body *out)
{
    enum object_type type;
    return bodies_build(&bases->bodies, &bases->entries, number, &type, out);
}

int bases_far(const struct bases *bases, uint32_t number, const struct body *delta)
{
    const struct arrival *arrivals = bases->table->arrivals;
    uint64_t size, steps = 1;
    if (bodies_delta_size(&bases->bodies, delta, &size) < 0)
        return -1;
    if (size == 0)
        return 0;
    while (!bodies_has(&bases->bodies, number) && arrivals[number].base != ARRIVALS_NONE) {
        if (++steps > BASES_FAR / size)
            return 1;
        number = arrivals[number].base;
    }
    return 0;
}

int bases_delta(struct bases *bases, uint32_t number, struct body *out)
{
    struct file_reader in;
    struct pack_entry entry;
    if (open_entry(&bases->entries, number, &in, &entry) < 0)
        return -1;
    if (bodies_inflate(&bases->bodies, &in.reader, entry.size, bases->bodies.whole_max, out) < 0)
        return fault_wrap(bases->bodies.fault, "reading back byte %" PRIu64, entry.offset);
    return 0;
}

int bases_compare_twins(struct bases *bases, uint32_t a, uint32_t b)
{
    struct fault *fault = bases->bodies.fault;
    const struct arrival *arrivals = bases->table->arrivals;
    unsigned char piece[4096];
    struct body x, y;
    if (arrivals[a].base != ARRIVALS_NONE || arrivals[b].base != ARRIVALS_NONE)
        return fault_set(fault, FAULT_PROTOCOL,
                         "pack: the objects at byte %" PRIu64 " and %" PRIu64
                         " have one name, and one is a delta, which may be one to itself",
                         arrival_offset(&arrivals[a]), arrival_offset(&arrivals[b]));
    if (bases_body(bases, a, &x) < 0)
        return -1;
    if (bases_body(bases, b, &y) < 0) {
        body_drop(&x);
        return -1;
    }
    bool same = x.size == y.size && arrival_type(&arrivals[a]) == arrival_type(&arrivals[b]);
    int rc = 0;
    for (uint64_t done = 0; rc == 0 && same && done < x.size; done += sizeof piece) {
        size_t take = x.size - done < sizeof piece ? (size_t)(x.size - done) : sizeof piece;
        rc = body_read(&x, done, bases->bodies.piece, take, fault);
        if (rc == 0)
            rc = body_read(&y, done, piece, take, fault);
        same = rc == 0 && memcmp(bases->bodies.piece, piece, take) == 0;
    }
    body_drop(&x);
    body_drop(&y);
    if (rc == 0 && !same)
        return fault_set(fault, FAULT_PROTOCOL,
                         "pack: the objects at byte %" PRIu64 " and %" PRIu64
                         " have one name and different bytes",
                         arrival_offset(&arrivals[a]), arrival_offset(&arrivals[b]));
    return rc;
}
