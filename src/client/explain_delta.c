/* SPDX-License-Identifier: MIT */
#include "client/explain_delta.h"

#include "proto/delta.h"

#include <inttypes.h>
#include <string.h>

enum { INSTRUCTIONS = 12 }; /* shown, unless all are */

/* The instruction that was just read, of LENGTH bytes. */
static void tell(struct explained *delta, const struct delta *at, const unsigned char *base,
                 uint64_t offset, size_t length)
{
    char text[EXPLAIN_QUOTED];
    if (at->kind == DELTA_COPY)
        explain_row(delta, offset, length, "copy %" PRIu64 " bytes, from byte %" PRIu64 "%s%s",
                    at->size, at->offset, base ? ": " : " of the base",
                    base ? explain_quoted(base + at->offset, (size_t)at->size, text) : "");
    else
        explain_row(delta, offset, length + (size_t)at->size, "insert %" PRIu64 " bytes: %s",
                    at->size,
                    explain_quoted(delta->bytes + offset + length, (size_t)at->size, text));
    explain_means(delta, "delta", at->kind == DELTA_COPY ? "copy" : "insert");
}

/* The first number: 7 bits a byte, lowest bits first. What is wrong with it delta_open() says. */
static uint64_t first_number(const unsigned char *bytes, size_t size)
{
    uint64_t number = 0;
    unsigned shift = 0;
    for (size_t at = 0; at < size && shift < 63; at++, shift += 7) {
        number |= (uint64_t)(bytes[at] & 0x7f) << shift;
        if (!(bytes[at] & 0x80))
            break;
    }
    return number;
}

int explain_delta(struct explained *file, const unsigned char *bytes, size_t size,
                  const unsigned char *base, uint64_t base_size)
{
    struct explained inner = *file;
    struct reader in;
    struct delta delta;
    unsigned told = 0, passed = 0;
    int rc;
    inner.bytes = bytes;
    inner.size = size;
    reader_memory(&in, bytes, size, "delta", file->explain->fault);
    if (delta_open(&delta, &in, base ? base_size : first_number(bytes, size)) < 0)
        return -1;
    explain_note(file,
                 "which inflates to a delta%s:", base ? "" : " of an object that is not here");
    explain_row(&inner, 0, (size_t)reader_tell(&in), "of %" PRIu64 " bytes it makes %" PRIu64,
                delta.base_size, delta.result_size);
    explain_means(&inner, "delta", "sizes");
    for (uint64_t offset = reader_tell(&in); (rc = delta_next(&delta)) == 1;
         offset = reader_tell(&in)) {
        size_t length = (size_t)(reader_tell(&in) - offset);
        if (delta.kind == DELTA_INSERT && delta.size > (size_t)(in.end - in.at))
            return fault_set(in.fault, FAULT_PROTOCOL, "delta: ends in what is to be inserted");
        if (told < INSTRUCTIONS || file->explain->all) {
            tell(&inner, &delta, base, offset, length);
            told++;
        } else
            passed++;
        if (delta.kind == DELTA_INSERT)
            in.at += delta.size;
    }
    if (passed > 0)
        explain_note(file, "... %u instructions like these", passed);
    memcpy(file->told, inner.told, sizeof file->told);
    return rc;
}
