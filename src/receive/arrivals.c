/* SPDX-License-Identifier: MIT */
#include "receive/arrivals.h"

#include "proto/bytes.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    FIRST_ROOM = 1024, /* objects */
    FULL_PERCENT = 90, /* of the slots, before there are more */
    GROWN_PERCENT = 62 /* of the slots, just after */
};

static const uint32_t OPEN = ARRIVALS_COUNT_MAX;

void arrivals_open(struct arrivals *table, size_t oid_len, uint32_t announced, struct fault *fault)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    *table = (struct arrivals){
        .oid_len = oid_len,
        .record = oid_len + sizeof(uint32_t),
        .announced = announced,
        .seed = ((uint64_t)now.tv_nsec << 32 ^ (uint64_t)(uintptr_t)table) * 0x9e3779b97f4a7c15,
        .fault = fault,
    };
}

void arrivals_close(struct arrivals *table)
{
    free(table->arrivals);
    free(table->names);
    free(table->slots);
    table->arrivals = NULL;
    table->names = NULL;
    table->slots = NULL;
}

uint64_t arrivals_memory(size_t oid_len, uint32_t announced)
{
    return (uint64_t)announced * (oid_len == OID_SHA1 ? ARRIVALS_SHA1 : ARRIVALS_SHA256);
}

static int no_memory(const struct arrivals *table, uint64_t size, struct fault *fault)
{
    return fault_set(fault, FAULT_LIMIT,
                     "object table: no memory for %" PRIu64 " bytes (%" PRIu32 " objects so far)",
                     size, table->arrived);
}

/* Half as much again, but not more than the pack announces (plus what dangling names need). */
static uint32_t grown(uint32_t room, uint32_t used, uint32_t most)
{
    uint64_t more = (uint64_t)room + room / 2 + FIRST_ROOM;
    if (more > most && used < most)
        more = most;
    return more > UINT32_MAX ? UINT32_MAX : (uint32_t)more;
}

static int grow(struct arrivals *table, void **array, uint32_t *room, uint32_t used, size_t record,
                struct fault *fault)
{
    uint32_t more = grown(*room, used, table->announced);
    uint64_t bytes;
    if (bytes_multiply(more, record, &bytes) < 0 || bytes > SIZE_MAX)
        return no_memory(table, bytes, fault);
    void *bigger = realloc(*array, (size_t)bytes);
    if (bigger == NULL)
        return no_memory(table, bytes, fault);
    *array = bigger;
    *room = more;
    return 0;
}

int arrivals_add(struct arrivals *table, uint64_t offset, uint32_t *out)
{
    void *array = table->arrivals;
    if (table->arrived == ARRIVALS_COUNT_MAX - 1)
        return fault_set(table->fault, FAULT_LIMIT, "pack: more than %" PRIu32 " objects",
                         ARRIVALS_COUNT_MAX - 1);
    if (table->arrived == table->arrivals_room &&
        grow(table, &array, &table->arrivals_room, table->arrived, sizeof *table->arrivals,
             table->fault) < 0)
        return -1;
    table->arrivals = array;
    table->arrivals[table->arrived] = (struct arrival){offset << 4, 0, ARRIVALS_NONE};
    *out = table->arrived++;
    return 0;
}

uint64_t arrival_offset(const struct arrival *arrival)
{
    return arrival->place >> 4;
}

enum object_type arrival_type(const struct arrival *arrival)
{
    return (enum object_type)(arrival->place & 7);
}

void arrival_set_type(struct arrival *arrival, enum object_type type)
{
    arrival->place = (arrival->place & ~(uint64_t)7) | (uint64_t)type;
}

bool arrival_waits_for_name(const struct arrival *arrival)
{
    return arrival->place >> 3 & 1;
}

void arrival_set_waits_for_name(struct arrival *arrival, bool waits)
{
    arrival->place = (arrival->place & ~(uint64_t)8) | (waits ? 8 : 0);
}

/* Bases stand close before what is made from them: gallop back from the end, then halve. */
uint32_t arrivals_at(const struct arrivals *table, uint64_t offset)
{
    uint32_t high = table->arrived, step = 1, low = high;
    while (low > 0 && arrival_offset(&table->arrivals[low - 1]) >= offset) {
        high = low;
        low = low > step ? low - step : 0;
        step *= 2;
    }
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (arrival_offset(&table->arrivals[middle]) < offset)
            low = middle + 1;
        else
            high = middle;
    }
    if (low < table->arrived && arrival_offset(&table->arrivals[low]) == offset)
        return low;
    return ARRIVALS_NONE;
}

static unsigned char *record(const struct arrivals *table, uint32_t name)
{
    return table->names + (size_t)name * table->record;
}

static uint32_t state_get(const struct arrivals *table, uint32_t name)
{
    uint32_t state;
    memcpy(&state, record(table, name) + table->oid_len, sizeof state);
    return state;
}

static void state_set(struct arrivals *table, uint32_t name, uint32_t number, enum object_type type)
{
    uint32_t state = number << 3 | (uint32_t)type;
    memcpy(record(table, name) + table->oid_len, &state, sizeof state);
}

/* Links are a stranger's bytes, not hashes: the seed keeps them from being chosen to collide. */
static uint32_t slot_of(const struct arrivals *table, const unsigned char *id)
{
    uint64_t a = bytes_get64(id), b = bytes_get64(id + 8);
    uint64_t h = (a ^ table->seed) * 0xff51afd7ed558ccd;
    h ^= h >> 32;
    h = (h ^ b ^ (table->seed << 1)) * 0xc4ceb9fe1a85ec53;
    h ^= h >> 32;
    return (uint32_t)(((h & UINT32_MAX) * table->slot_count) >> 32);
}

/* The slot that holds ID, or the free one where it belongs. */
static uint32_t probe(const struct arrivals *table, const unsigned char *id)
{
    uint32_t slot = slot_of(table, id);
    while (table->slots[slot] != 0 &&
           memcmp(record(table, table->slots[slot] - 1), id, table->oid_len) != 0)
        slot = slot + 1 == table->slot_count ? 0 : slot + 1;
    return slot;
}

static int rehash(struct arrivals *table, struct fault *fault)
{
    uint64_t wanted = (uint64_t)table->named * 100 / GROWN_PERCENT + FIRST_ROOM;
    uint64_t enough = (uint64_t)table->announced * 100 / FULL_PERCENT + 2;
    if (wanted > enough && table->named < table->announced)
        wanted = enough;
    if (wanted > UINT32_MAX || wanted > SIZE_MAX / sizeof(uint32_t))
        return no_memory(table, wanted * sizeof(uint32_t), fault);
    uint32_t *slots = calloc((size_t)wanted, sizeof *slots);
    if (slots == NULL)
        return no_memory(table, wanted * sizeof(uint32_t), fault);
    free(table->slots);
    table->slots = slots;
    table->slot_count = (uint32_t)wanted;
    for (uint32_t name = 0; name < table->named; name++) {
        uint32_t slot = probe(table, record(table, name));
        if (slots[slot] == 0) /* a twin stays without a slot */
            slots[slot] = name + 1;
    }
    return 0;
}

static int append(struct arrivals *table, const unsigned char *id, uint32_t number,
                  enum object_type type, uint32_t *name, struct fault *fault)
{
    void *array = table->names;
    if (table->named == table->names_room &&
        grow(table, &array, &table->names_room, table->named, table->record, fault) < 0)
        return -1;
    table->names = array;
    *name = table->named++;
    memcpy(record(table, *name), id, table->oid_len);
    state_set(table, *name, number, type);
    return 0;
}

/* The slot for ID, in a table that has room for one more and a free slot after it, where a search
 * ends: a thin pack has more names than were announced. */
static int slot_ready(struct arrivals *table, const unsigned char *id, uint32_t *slot,
                      struct fault *fault)
{
    if ((uint64_t)(table->named + 1) * 100 > (uint64_t)table->slot_count * FULL_PERCENT &&
        rehash(table, fault) < 0)
        return -1;
    *slot = probe(table, id);
    return 0;
}

uint32_t arrivals_named(const struct arrivals *table, uint32_t name)
{
    uint32_t number = state_get(table, name) >> 3;
    return number == OPEN ? ARRIVALS_NONE : number;
}

uint32_t arrivals_find(const struct arrivals *table, const unsigned char *id)
{
    if (table->slot_count == 0)
        return ARRIVALS_NONE;
    uint32_t slot = probe(table, id);
    return table->slots[slot] ? arrivals_named(table, table->slots[slot] - 1) : ARRIVALS_NONE;
}

bool arrivals_knows(const struct arrivals *table, const unsigned char *id)
{
    return table->slot_count > 0 && table->slots[probe(table, id)] != 0;
}

struct oid arrivals_oid(const struct arrivals *table, uint32_t name)
{
    return oid_from(record(table, name), table->oid_len);
}

static int wrong_type(const struct arrivals *table, const unsigned char *id, enum object_type is,
                      enum object_type expected, struct fault *fault)
{
    char hex[OID_HEX];
    struct oid oid = oid_from(id, table->oid_len);
    return fault_set(fault, FAULT_PROTOCOL, "object %s is a %s, but is linked to as a %s",
                     oid_hex(&oid, hex), pack_type_name(is), pack_type_name(expected));
}

int arrivals_name(struct arrivals *table, uint32_t number, enum object_type type,
                  const unsigned char *id, uint32_t *name, uint32_t *twin, struct fault *fault)
{
    uint32_t slot;
    *twin = ARRIVALS_NONE;
    if (slot_ready(table, id, &slot, fault) < 0)
        return -1;
    if (table->slots[slot] == 0) {
        if (append(table, id, number, type, name, fault) < 0)
            return -1;
        table->slots[slot] = *name + 1;
        return 0;
    }
    *name = table->slots[slot] - 1;
    uint32_t state = state_get(table, *name);
    if (state >> 3 != OPEN) {
        *twin = state >> 3;
        return append(table, id, number, type, name, fault);
    }
    if ((state & 7) != OBJECT_NONE && (state & 7) != (uint32_t)type)
        return wrong_type(table, id, type, (enum object_type)(state & 7), fault);
    state_set(table, *name, number, type);
    table->open--;
    return 0;
}

int arrivals_link(struct arrivals *table, const unsigned char *id, enum object_type type,
                  uint32_t *name, struct fault *fault)
{
    uint32_t slot;
    if (slot_ready(table, id, &slot, fault) < 0)
        return -1;
    if (table->slots[slot] == 0) {
        struct oid oid = oid_from(id, table->oid_len);
        char hex[OID_HEX];
        if (table->named >= table->announced)
            return fault_set(fault, FAULT_PROTOCOL,
                             "pack: object %s is linked to, but cannot be among the %" PRIu32
                             " objects announced",
                             oid_hex(&oid, hex), table->announced);
        if (append(table, id, OPEN, type, name, fault) < 0)
            return -1;
        table->slots[slot] = *name + 1;
        table->open++;
        return 0;
    }
    *name = table->slots[slot] - 1;
    uint32_t state = state_get(table, *name);
    enum object_type is = (enum object_type)(state & 7);
    if (type == OBJECT_NONE || is == type)
        return 0;
    if (is != OBJECT_NONE)
        return wrong_type(table, id, is, type, fault);
    state_set(table, *name, state >> 3, type);
    return 0;
}

bool arrivals_first_open(const struct arrivals *table, struct oid *out)
{
    for (uint32_t name = 0; table->open > 0 && name < table->named; name++) {
        if (state_get(table, name) >> 3 != OPEN)
            continue;
        *out = oid_from(record(table, name), table->oid_len);
        return true;
    }
    return false;
}

uint32_t arrivals_take_open(struct arrivals *table, struct oid *out)
{
    uint32_t kept = 0, blobs = 0;
    for (uint32_t name = 0; name < table->named; name++) {
        uint32_t state = state_get(table, name);
        blobs += state == (OPEN << 3 | OBJECT_BLOB);
    }
    struct oid *blob = out + (table->open - blobs);
    for (uint32_t name = 0; name < table->named; name++) {
        uint32_t state = state_get(table, name);
        struct oid oid = arrivals_oid(table, name);
        if (state >> 3 != OPEN)
            memmove(record(table, kept++), record(table, name), table->record);
        else if ((state & 7) == OBJECT_BLOB)
            *blob++ = oid;
        else
            *out++ = oid;
    }
    table->named = kept;
    table->open = 0;
    return blobs;
}

static void swap(unsigned char *a, unsigned char *b, size_t size)
{
    unsigned char kept[OID_MAX + sizeof(uint32_t)];
    memcpy(kept, a, size);
    memcpy(a, b, size);
    memcpy(b, kept, size);
}

static void insertion_sort(unsigned char *at, size_t count, size_t size, size_t oid_len)
{
    for (size_t i = 1; i < count; i++)
        for (size_t k = i; k > 0; k--) {
            unsigned char *here = at + k * size;
            if (memcmp(here - size, here, oid_len) <= 0)
                break;
            swap(here - size, here, size);
        }
}

/* In place, by the byte DEPTH of the name (American flag sort): names are evenly spread, and
 * qsort() of the C library would take as much memory again. */
static void radix_sort(unsigned char *at, size_t count, size_t size, size_t oid_len, size_t depth)
{
    size_t next[256] = {0}, ends[256], from = 0;
    if (count <= 24 || depth == oid_len) {
        insertion_sort(at, depth == oid_len ? 0 : count, size, oid_len);
        return;
    }
    for (size_t i = 0; i < count; i++)
        next[at[i * size + depth]]++;
    for (size_t byte = 0; byte < 256; byte++) {
        size_t many = next[byte];
        next[byte] = from;
        ends[byte] = from += many;
    }
    for (size_t byte = 0; byte < 256; byte++)
        while (next[byte] < ends[byte]) {
            unsigned char *here = at + next[byte] * size;
            size_t home = here[depth];
            if (home == byte)
                next[byte]++;
            else
                swap(here, at + next[home]++ * size, size);
        }
    for (size_t byte = 0; byte < 256; byte++) {
        size_t start = byte ? ends[byte - 1] : 0;
        radix_sort(at + start * size, ends[byte] - start, size, oid_len, depth + 1);
    }
}

void arrivals_sort(struct arrivals *table)
{
    free(table->slots);
    table->slots = NULL;
    table->slot_count = 0;
    radix_sort(table->names, table->named, table->record, table->oid_len, 0);
}

const unsigned char *arrivals_sorted(const struct arrivals *table, uint32_t n, uint32_t *number)
{
    *number = state_get(table, n) >> 3;
    return record(table, n);
}
