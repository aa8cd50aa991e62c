/* SPDX-License-Identifier: MIT */
#include "receive/partial_pack.h"

#include "receive/thin_pack.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int partial_pack_cut(struct receive_rest *rest, struct bases *bases, uint64_t end,
                     struct oid *pack_hash, struct fault *fault)
{
    struct arrivals *table = bases->table;
    struct spool *spool = bases->spool;
    uint32_t whole = table->arrived;
    if (rest == NULL || fault->class != FAULT_NETWORK)
        return -1;
    if (whole > 0 && arrival_offset(&table->arrivals[whole - 1]) >= end)
        whole--;
    if (whole == 0)
        return -1;
    rest->broken = true;
    rest->why = *fault;
    fault_clear(fault);
    table->arrived = whole;
    spool->kept = spool->reader.at; /* what is unwritten of the window belongs to no whole entry */
    spool->written = end;
    if (ftruncate(spool->fd, (off_t)end) < 0 || lseek(spool->fd, (off_t)end, SEEK_SET) < 0)
        return fault_set(fault, FAULT_LOCAL, "cannot cut the pack off: %s", strerror(errno));
    return thin_pack_finish(spool, whole, pack_hash);
}

bool partial_pack_lacks(const struct receive_rest *rest)
{
    return rest && (rest->broken || rest->filtered);
}

uint32_t partial_pack_announced(struct receive_rest *rest, uint32_t count)
{
    if (rest == NULL)
        return count;
    if (rest->announced == 0)
        rest->announced = count;
    return count < rest->announced ? rest->announced : count;
}

/* Wants that nothing in the table links to: the others are among what is open. */
static bool is_missing(const struct arrivals *table, struct odb *base, const struct oid *want)
{
    return !arrivals_knows(table, want->id) && !(base && odb_has(base, want));
}

int partial_pack_list(struct receive_rest *rest, struct arrivals *table, uint32_t waiting,
                      struct odb *base, const struct oid *wants, size_t want_count,
                      struct fault *fault)
{
    if (waiting > 0 && !rest->broken)
        return fault_set(fault, FAULT_PROTOCOL, "pack: %" PRIu32 " deltas whose base is not in it",
                         waiting);
    if (waiting > 0) {
        *fault = rest->why;
        rest->broken = false;
        return -1;
    }
    rest->oids = malloc((table->open + want_count) * sizeof *rest->oids + 1);
    if (rest->oids == NULL)
        return fault_set(fault, FAULT_LIMIT, "no memory for a list of what is missing");
    for (size_t i = 0; i < want_count; i++)
        if (is_missing(table, base, &wants[i]))
            rest->oids[rest->count++] = wants[i];
    uint32_t open = table->open;
    rest->blobs = arrivals_take_open(table, rest->oids + rest->count);
    rest->count += open;
    return 0;
}
