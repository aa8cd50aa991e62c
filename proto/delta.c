/* SPDX-License-Identifier: MIT */
/* Deltas (gitformat-pack, "Deltified representation").
 *
 *   base size | result size | instruction ...              sizes: 7 bits a byte, least first
 *   copy:    |1|s s s|o o o o| offset bytes, size bytes     a bit says which of the bytes follow;
 *                                                           size 0 means 65536
 *   insert:  |0|n n n n n n n| n bytes                      n = 0 is reserved
 *
 * Every instruction is checked before it is carried out: where it copies from lies inside the base,
 * what it makes inside the result.
 */
#include "delta.h"

#include <inttypes.h>
#include <string.h>

static int need_byte(struct reader *in, unsigned char *out)
{
    int rc = reader_byte(in, out);
    if (rc == 0)
        return fault_set(in->fault, FAULT_PROTOCOL, "delta: ends inside an instruction");
    return rc < 0 ? -1 : 0;
}

/* size = *( continuation byte ) byte */
static int read_size(struct reader *in, uint64_t *out)
{
    uint64_t size = 0;
    unsigned char byte;
    unsigned shift = 0;
    do {
        if (need_byte(in, &byte) < 0)
            return -1;
        uint64_t part = byte & 0x7f;
        if (shift > 63 || part << shift >> shift != part)
            return fault_set(in->fault, FAULT_PROTOCOL, "delta: a size overflows 64 bits");
        size |= part << shift;
        shift += 7;
    } while (byte & 0x80);
    *out = size;
    return 0;
}

int delta_open(struct delta *delta, struct reader *in, uint64_t base_size)
{
    *delta = (struct delta){.in = in};
    if (read_size(in, &delta->base_size) < 0 || read_size(in, &delta->result_size) < 0)
        return -1;
    if (delta->base_size != base_size)
        return fault_set(in->fault, FAULT_PROTOCOL,
                         "delta: made for a base of %" PRIu64 " bytes, the base has %" PRIu64,
                         delta->base_size, base_size);
    return 0;
}

/* copy = opcode *4offset-byte *3size-byte */
static int read_copy(struct delta *delta, unsigned char opcode)
{
    uint64_t field[2] = {0, 0};
    for (unsigned bit = 0; bit < 7; bit++) {
        unsigned char byte;
        if (!(opcode >> bit & 1))
            continue;
        if (need_byte(delta->in, &byte) < 0)
            return -1;
        field[bit >= 4] |= (uint64_t)byte << 8 * (bit >= 4 ? bit - 4 : bit);
    }
    delta->kind = DELTA_COPY;
    delta->offset = field[0];
    delta->size = field[1] ? field[1] : 0x10000;
    if (delta->offset > delta->base_size || delta->size > delta->base_size - delta->offset)
        return fault_set(delta->in->fault, FAULT_PROTOCOL,
                         "delta: copies %" PRIu64 " bytes at %" PRIu64 " of a base of %" PRIu64,
                         delta->size, delta->offset, delta->base_size);
    return 0;
}

int delta_next(struct delta *delta)
{
    unsigned char opcode;
    int rc = reader_byte(delta->in, &opcode);
    if (rc < 0)
        return -1;
    if (rc == 0 && delta->made == delta->result_size)
        return 0;
    if (rc == 0)
        return fault_set(delta->in->fault, FAULT_PROTOCOL,
                         "delta: ends after %" PRIu64 " of %" PRIu64 " bytes", delta->made,
                         delta->result_size);
    if (opcode == 0)
        return fault_set(delta->in->fault, FAULT_PROTOCOL, "delta: the reserved instruction 0");
    if (opcode & 0x80) {
        if (read_copy(delta, opcode) < 0)
            return -1;
    } else {
        delta->kind = DELTA_INSERT;
        delta->size = opcode;
    }
    if (delta->size > delta->result_size - delta->made)
        return fault_set(delta->in->fault, FAULT_PROTOCOL,
                         "delta: makes more than the %" PRIu64 " bytes that it announces",
                         delta->result_size);
    delta->made += delta->size;
    return 1;
}

int delta_result_size(const unsigned char *bytes, size_t size, uint64_t *out, struct fault *fault)
{
    struct reader in;
    uint64_t base, result;
    reader_memory(&in, bytes, size, "delta", fault);
    if (read_size(&in, &base) < 0 || read_size(&in, &result) < 0)
        return -1;
    *out = result;
    return 0;
}

int delta_apply(const unsigned char *bytes, size_t size, const unsigned char *base,
                size_t base_size, unsigned char *result, size_t result_size, struct fault *fault)
{
    struct reader in;
    struct delta delta;
    reader_memory(&in, bytes, size, "delta", fault);
    if (delta_open(&delta, &in, base_size) < 0)
        return -1;
    if (delta.result_size != result_size)
        return fault_set(fault, FAULT_PROTOCOL,
                         "delta: announces %" PRIu64 " bytes, %zu were expected", delta.result_size,
                         result_size);
    int rc;
    while ((rc = delta_next(&delta)) == 1) {
        unsigned char *to = result + (delta.made - delta.size);
        if (delta.kind == DELTA_COPY)
            memcpy(to, base + delta.offset, (size_t)delta.size);
        else if (reader_read(&in, to, (size_t)delta.size) < 0)
            return -1;
    }
    return rc;
}
